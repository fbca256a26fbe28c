"""A replay that sends nothing: a preview of its events, and the counts."""

from collections import Counter

import click

from producers.replay.preview import Preview
from producers.replay.reading import reading
from producers.replay.replay import Export
from producers.replay.stamping import validate
from schemas.clock import utc_now


def dry_run(export: Export) -> None:
    """Read a whole file and print what a replay would send and reject. Raises UserError."""
    counts: Counter[str] = Counter()
    with reading(export.file, export.mapping, export.limit) as source:
        preview = Preview(source)
        for batch, _ in source.batches(utc_now):
            validate(batch.proposed)
            preview.add(batch.proposed)
            counts["no event"] += batch.filtered
            for each in batch.proposed:
                counts["rejected" if each.record is None else "events"] += 1
        preview.show()
    other = f" + no event {counts['no event']:,}" if counts["no event"] else ""
    click.echo(
        f"read {counts.total():,} = to send {counts['events']:,} + rejected "
        f"{counts['rejected']:,}{other}; nothing was sent."
    )
