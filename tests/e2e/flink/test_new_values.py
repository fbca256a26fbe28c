"""A value that no statement handles yet, sent under a widened contract: it stops nothing.

A copy of the tree, in which the contracts have one more phase, status and reason, has the gate; the
job is the one of this tree.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from gate.accepted_topics import accepted_topic
from schemas.clock import utc_now
from schemas.generated import (
    Adjustment,
    LedgerEntry,
    OpenTransfer,
    ReplenishmentOrder,
    Shipment,
    Transfer,
)
from schemas.wire import HEADER, MAGIC, Encoder
from stack.runtime import Stack
from tests.support.gate_messages import Sender, id_of
from tests.support.oracle import Event
from tests.support.patience import until
from tests.support.pipeline_load import failures
from tests.support.poisons import good
from tests.support.running_pipeline import RunningPipeline, pipeline
from tests.support.tree_copy import TreeCopy, stop
from views.current_database import current_database
from views.database.quarantine_rows import groups
from views.reader import TopicReader

pytestmark = [pytest.mark.slow, pytest.mark.nightly]
SECONDS_TO_SETTLE = 90
PATTERNS = {
    "transfer": "shipped|received|lost",
    "replenishment_order": "placed|cancelled",
    "adjustment": "damage|theft|expiry|found|correction",
}
UNHANDLED = {
    ("unhandled", accepted_topic(Transfer.TOPIC)): 1,
    ("unhandled", accepted_topic(ReplenishmentOrder.TOPIC)): 1,
}


def events() -> list[Event]:
    """Return events with a new value each, and others of the same shelf, order and transfer."""
    now = utc_now()

    def one(record_type: Any, event_id: str, **values: Any) -> Any:
        event: Any = good(record_type, now, event_id)
        return replace(event, **values)

    return [
        one(Transfer, "leg-1"),
        one(Transfer, "leg-2", phase="stolen"),
        one(ReplenishmentOrder, "order-1"),
        one(ReplenishmentOrder, "order-2", status="delayed"),
        one(Shipment, "shipment"),
        one(Adjustment, "adjustment", reason="donated"),
    ]


def send(stack: Stack, sent: list[Event]) -> None:
    """Send without this tree's limits, which refuse the new values; the schemas are the same."""
    schema_id, sender = id_of(stack), Sender(stack)
    encoder = Encoder(schema_id)
    for event in sent:
        header = HEADER.pack(MAGIC, schema_id(event.VALUE_SUBJECT, event.SCHEMA))
        sender.send(event.event_id, event.TOPIC, encoder.key(event), header + event.to_avro())
    sender.flush()


def quarantined(world: RunningPipeline) -> Counter[tuple[str, str]]:
    with current_database(world.settings, []) as connection:
        return Counter(
            {(each.reason, each.topic): each.size for each in groups(connection, None, None)}
        )


def published(world: RunningPipeline, record_type: Any) -> Iterator[Any]:
    reader = TopicReader(world.settings, [record_type])
    while not reader.caught_up:
        yield from reader.read(10_000, 0.5)
    reader.close()


def test_a_new_value_of_each_field_leaves_the_levels_true_and_is_shown_as_not_handled(
    tmp_path: Path,
) -> None:
    with pipeline(gate="on") as world:
        world.stack.names += ["views"]
        world.stack.start("views")
        world.stack.wait("views")
        widened = TreeCopy(tmp_path / "widened", world)
        for name, pattern in PATTERNS.items():
            new = {"transfer": "stolen", "replenishment_order": "delayed", "adjustment": "donated"}
            edit = f'"{pattern}"'.replace("|", r"\|"), f'"{pattern}|{new[name]}"'
            widened.replace(f"schemas/{name}.avsc", edit)
        widened.done("codegen", "generate")
        stop(world, "gate")
        with widened.service("gate"):
            sent = events()
            send(world.stack, sent)
            world.arrivals += sent
            world.send(1_000)
            assert not world.differences(SECONDS_TO_SETTLE)
            until(lambda: len(quarantined(world)) >= len(UNHANDLED))
            assert quarantined(world) == UNHANDLED
        assert not failures(world)
        (donated,) = (each for each in published(world, LedgerEntry) if each.reason == "donated")
        assert donated.kind == "adjustment"
        transfers = [each for each in published(world, OpenTransfer) if each.transfer_id == "t1"]
        assert [(each.in_transit, each.version) for each in transfers] == [(2, 1)]
        place = f"{accepted_topic(Transfer.TOPIC)}/"
        listed = world.run("gate", "quarantine", "list").stdout
        (line,) = (each for each in listed.splitlines() if place in each)
        shown = world.run("gate", "quarantine", "show", line.split()[-1]).stdout
        assert "this version of the job does not handle unknown phase stolen" in shown
        audited = world.run("audit")
        assert audited.returncode == 0, audited.stdout + audited.stderr
        assert "this version does not handle: 2." in " ".join(audited.stdout.split())
