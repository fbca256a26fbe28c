"""Records made to kill the gate, sent raw to a real broker: no level is late, memory is bounded.

The broker itself refuses a wrong checksum, and a batch that is too large as it is packed: that of a
bomb of snappy, which packs 21 to 1, and of a large one of lz4, which packs 255 to 1.
"""

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

import pyarrow
import pytest

from connect.kafka import Partition
from contracts.publisher import Publisher
from schemas.clock import utc_now
from schemas.generated import EVENTS, InventoryLevel, Shipment
from schemas.record import Record
from schemas.wire import Encoder
from tests.support import oracle, record_batches
from tests.support.gate_messages import id_of, quarantined
from tests.support.poisons import good
from tests.support.record_batches import GZIP, LZ4, NONE, SNAPPY, ZSTD, RawRecord
from tests.support.running_pipeline import RunningPipeline
from views.reader import TopicReader

pytestmark = [pytest.mark.slow, pytest.mark.nightly]

SECONDS_TO_A_LEVEL = 5.0
SECONDS_TO_QUARANTINE, SECONDS_TO_SETTLE = 20.0, 240.0
LARGEST_MEMORY = 300 * 2**20
BOMB, LARGE_BOMB = 120_000_000, 1_000_000_000
"""Bytes, unpacked."""
CORRUPT, TOO_LARGE = 2, 10
"""Error codes of Kafka's protocol."""
LAST_LONG = 2**63 - 1
PACKERS: dict[int, Callable[[bytes], bytes]] = {
    GZIP: record_batches.gzip,
    SNAPPY: lambda data: pyarrow.compress(data, "snappy", asbytes=True),
    LZ4: record_batches.lz4,
    ZSTD: lambda data: pyarrow.compress(data, "zstd", asbytes=True),
}
AT: Partition = (Shipment.TOPIC, 0)
"""The partition to which every bad batch is sent."""


def own_shelf(record_type: type[Record], name: str) -> Any:
    """Return a valid event of a shelf, order and transfer of its own."""
    own = {field: name for field in ("sku", "order_id", "transfer_id")}
    names = {field.name for field in record_type.FIELDS}
    record: Any = good(record_type, utc_now(), f"{record_type.TOPIC}-{name}")
    return replace(record, **{field: value for field, value in own.items() if field in names})


class CanaryOfEachTopic:
    """One event of each public topic; those that change a level have it awaited."""

    def __init__(self, world: RunningPipeline) -> None:
        self._world = world
        since: dict[type[Record], datetime] = {InventoryLevel: datetime.now(UTC)}
        self._levels = TopicReader(world.settings, [InventoryLevel], since)
        self._publisher = Publisher(world.settings, EVENTS)

    def send_and_wait(
        self, name: str, seconds: float, events: Sequence[type[Record]] = EVENTS
    ) -> None:
        canaries = [own_shelf(event, f"{name}-{event.TOPIC}") for event in events]
        for canary in canaries:
            self._publisher.send(canary)
        self._publisher.flush()
        self._world.arrivals += canaries
        expected = set(oracle.levels(canaries))
        end = time.monotonic() + seconds
        while expected and time.monotonic() < end:
            levels = self._levels.read(10_000, 0.05)
            expected -= {each.key() for each in levels if isinstance(each, InventoryLevel)}
        assert not expected, f"no level of {expected} within {seconds} s"

    def close(self) -> None:
        self._levels.close()


@pytest.fixture(scope="module")
def canaries(world: RunningPipeline) -> Iterator[CanaryOfEachTopic]:
    there = CanaryOfEachTopic(world)
    there.send_and_wait("first", 60)
    yield there
    there.close()


class Sent(NamedTuple):
    """A batch to send, and the reason in the quarantine; none: its record is accepted."""

    batch: bytes
    reason: str = ""


class Builder:
    """Makes batches of one record."""

    def __init__(self, world: RunningPipeline) -> None:
        self._world = world
        self._id_of = id_of(world.stack)
        self._encoder = Encoder(self._id_of)

    def valid(self, name: str, arrives: bool = True) -> RawRecord:
        record = own_shelf(Shipment, name)
        if arrives:
            self._world.arrivals.append(record)
        return RawRecord(self._encoder.value(record), self._encoder.key(record))

    def header_name(self) -> Sent:
        raw = self.valid("header-name", arrives=False)
        return Sent(self.sealed(raw._replace(headers=[(b"name\xe9", b"1")])), "unreadable")

    def many_headers(self) -> Sent:
        raw = self.valid("many-headers")._replace(headers=[(b"a", None)] * 670_000)
        return Sent(self.sealed(raw, GZIP))

    def surrogate(self) -> Sent:
        text = Shipment.SCHEMA.replace('"timestamp-millis"', '"\\ud800"')
        schema_id = self._id_of("surrogate-value", text).to_bytes(4, "big")
        raw = self.valid("surrogate", arrives=False)
        assert raw.value
        raw = raw._replace(value=b"\0" + schema_id + raw.value[5:])
        return Sent(self.sealed(raw), "foreign_schema")

    def timestamp(self, when: int) -> Sent:
        return Sent(self.sealed(self.valid(f"timestamp-{when}"), when=when))

    def bomb(self, codec: int, size: int) -> Sent:
        reason = "unreadable" if codec == ZSTD else "too_large"
        return Sent(self.sealed(RawRecord(bytes(size), b"key"), codec), reason)

    def sealed(self, raw: RawRecord, codec: int = NONE, when: int | None = None) -> bytes:
        data = record_batches.records([raw])
        packed = PACKERS[codec](data) if codec else data
        when = int(time.time() * 1000) if when is None else when
        return record_batches.batch(packed, 1, when, codec)


HOURS_AHEAD = int(time.time() * 1000) + 5 * 3_600_000
TAKEN: dict[str, Callable[[Builder], Sent]] = {
    "a header's name that is not UTF-8": Builder.header_name,
    "670,000 headers": Builder.many_headers,
    "half a surrogate pair in the schema": Builder.surrogate,
    "the first timestamp": lambda builder: builder.timestamp(-LAST_LONG - 1),
    "the last timestamp": lambda builder: builder.timestamp(LAST_LONG),
    "a timestamp in seconds": lambda builder: builder.timestamp(int(time.time())),
    "a timestamp hours ahead": lambda builder: builder.timestamp(HOURS_AHEAD),
    "a bomb of zstd": lambda builder: builder.bomb(ZSTD, BOMB),
    "a bomb of lz4": lambda builder: builder.bomb(LZ4, BOMB),
    "a bomb of gzip": lambda builder: builder.bomb(GZIP, BOMB),
}
LARGE = {"a large bomb of zstd": lambda builder: builder.bomb(ZSTD, LARGE_BOMB)}


@pytest.fixture
def gate_memory(world: RunningPipeline) -> Iterator[Callable[[], int]]:
    """Yield a function that returns the gate's largest memory since the test began, in bytes."""
    pid = world.stack.pid("gate")
    Path(f"/proc/{pid}/clear_refs").write_text("5")

    def peak() -> int:
        (line,) = (
            line
            for line in Path(f"/proc/{pid}/status").read_text().splitlines()
            if line.startswith("VmHWM:")
        )
        return int(line.split()[1]) * 1024

    yield peak
    assert world.stack.pid("gate") == pid


@pytest.mark.parametrize(
    "build",
    [
        *(pytest.param(build, id=name) for name, build in TAKEN.items()),
        *(pytest.param(each, id=name, marks=pytest.mark.nightly) for name, each in LARGE.items()),
    ],
)
def test_what_the_broker_takes_delays_no_level_and_is_quarantined_exactly(
    world: RunningPipeline,
    canaries: CanaryOfEachTopic,
    gate_memory: Callable[[], int],
    request: pytest.FixtureRequest,
    build: Callable[[Builder], Sent],
) -> None:
    name = request.node.callspec.id
    before = {record.key() for record in quarantined(world.stack)}
    sent = build(Builder(world))
    offset = record_batches.send(world.settings.kafka_servers, *AT, sent.batch)
    canaries.send_and_wait(name, SECONDS_TO_A_LEVEL)
    expected = [((*AT, offset), sent.reason)] if sent.reason else []
    end = time.monotonic() + SECONDS_TO_QUARANTINE
    seen: list[tuple[Any, str]] = []
    while len(seen) < len(expected) and time.monotonic() < end:
        records = [record for record in quarantined(world.stack) if record.key() not in before]
        seen = [(record.key(), record.reason) for record in records]
    assert seen == expected
    assert gate_memory() < LARGEST_MEMORY


def test_the_broker_refuses_a_wrong_checksum(world: RunningPipeline) -> None:
    sealed = bytearray(Builder(world).sealed(RawRecord(b"value")))
    sealed[-1] ^= 1
    with pytest.raises(AssertionError, match=rf"error {CORRUPT}$"):
        record_batches.send(world.settings.kafka_servers, *AT, bytes(sealed))


@pytest.mark.parametrize(
    ("codec", "size"),
    [
        pytest.param(SNAPPY, BOMB),
        pytest.param(SNAPPY, LARGE_BOMB, marks=pytest.mark.nightly),
        pytest.param(LZ4, LARGE_BOMB, marks=pytest.mark.nightly),
    ],
)
def test_the_broker_refuses_a_bomb_that_is_large_when_packed(
    world: RunningPipeline, codec: int, size: int
) -> None:
    sealed = Builder(world).bomb(codec, size).batch
    with pytest.raises(AssertionError, match=rf"error {TOO_LARGE}$"):
        record_batches.send(world.settings.kafka_servers, *AT, sealed)


def test_a_flood_of_unknown_schema_ids_delays_no_other_topic(
    world: RunningPipeline, canaries: CanaryOfEachTopic, gate_memory: Callable[[], int]
) -> None:
    count = 10_000
    before = len(quarantined(world.stack))
    raw = [RawRecord(b"\0" + (10**8 + n).to_bytes(4, "big") + b"body") for n in range(count)]
    sealed = record_batches.batch(record_batches.records(raw), count, int(time.time() * 1000))
    record_batches.send(world.settings.kafka_servers, *AT, sealed)
    others = [event for event in EVENTS if event is not Shipment]
    canaries.send_and_wait("flood", SECONDS_TO_A_LEVEL, others)
    assert len(quarantined(world.stack)) < before + count, "the flood was over too soon"
    assert gate_memory() < LARGEST_MEMORY


def test_all_levels_are_true_after_all_of_it(world: RunningPipeline) -> None:
    assert not world.differences(SECONDS_TO_SETTLE)
    audited = world.run("audit")
    assert audited.returncode == 0, audited.stdout + audited.stderr
