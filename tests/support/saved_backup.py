"""A backup in a folder, without a Kafka."""

from pathlib import Path

from backup import manifest, segment
from backup.manifest import SUFFIX, Backup, SavedSchema, SavedTopic, Segment
from backup.segment import SavedMessage
from connect.settings import Settings

DEFAULTS = Settings()


def saved(folder: Path, settings: Settings = DEFAULTS) -> Backup:
    """Write a backup of one topic with 40 messages."""
    messages = [SavedMessage(n, n, b"k%d" % n, b"v" * n, [("h", None)]) for n in range(40)]
    name = f"shipments-0-1{SUFFIX}"
    count = segment.write(folder / name, messages)
    part = Segment(
        name=name,
        partition=0,
        first=0,
        end=count,
        messages=count,
        size=(folder / name).stat().st_size,
        sha256=manifest.checksum_of(folder / name),
    )
    topic = SavedTopic(
        topic_id="id",
        partitions=4,
        copies=1,
        config={"cleanup.policy": "delete"},
        tombstones_ms=86_400_000,
        segments=[part],
    )
    schema = SavedSchema(schema_id=1, subject="s", version=1, text='"string"', deleted=False)
    backup = Backup(
        number=1,
        moment="2026-01-31T09:00:00+00:00",
        cluster="cluster",
        settings=settings.environment(),
        topics={"shipments": topic},
        schemas=[schema],
        modes={"s": "FULL"},
        groups={"inventory-gate": [("shipments", 0, 7, "40 1")]},
        rows={"acknowledgements": [{"store_id": "s", "until": None}]},
    )
    manifest.save(folder, backup)
    return backup
