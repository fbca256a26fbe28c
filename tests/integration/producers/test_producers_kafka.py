"""The commands against a real Kafka and registry: what they say is what the topics hold."""

import csv
import io
import os
import re
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from connect import registry
from connect.kafka_producer import KafkaProducer
from connect.record_consumer import Tombstone
from contracts.publisher import Publisher
from producers.simulator.catalogue import catalogue
from schemas.clock import utc_now
from schemas.generated import (
    Adjustment,
    InventoryLevel,
    OpenOrder,
    Product,
    ReplenishmentOrder,
    Shipment,
    StockCount,
    Store,
    Transaction,
    Transfer,
)
from schemas.record import Record
from schemas.wire import Encoder
from stack.runtime import Stack
from views.reader import TopicReader

pytestmark = pytest.mark.slow
MAPPINGS = Path("producers/mappings")
RECORD_TYPES = (Store, Product, Shipment, Transaction, StockCount, Adjustment, Transfer)
CHAIN = catalogue(seed=1)
SHELVES = len(CHAIN.stores) * len(CHAIN.products)


@pytest.fixture(scope="module")
def stack() -> Iterator[Stack]:
    with Stack.on_free_ports(["registry", "kafka"]) as there:
        command(there, "replay", "x", "--mapping", str(MAPPINGS / "pos_csv.toml"), code=1)
        done = there.run("contracts", "apply")
        assert done.returncode == 0, done.stderr
        yield there


def command(stack: Stack, *arguments: str, code: int = 0) -> str:
    ended = stack.run("producers", *arguments, timeout=120)
    assert ended.returncode == code, ended.stderr
    assert "Traceback" not in ended.stderr
    return ended.stdout + ended.stderr


def held(stack: Stack, record_type: type[Record]) -> list[Any]:
    reader = TopicReader(stack.settings, [record_type])
    records: list[Any] = []
    while not reader.caught_up:
        records += reader.read(10_000, 0.2)
    reader.close()
    assert not reader.undecodable
    return records


def test_a_file_replayed_twice_is_the_same_events_twice(stack: Stack) -> None:
    sample = [str(MAPPINGS / "pos_sample.csv"), "--mapping", str(MAPPINGS / "pos_csv.toml")]
    for _ in range(2):
        output = command(stack, "replay", *sample)
        assert "read 20 = sent 20 + rejected 0; acknowledged 20." in output
    times = Counter(r for r in held(stack, Transaction) if r.event_id.startswith("tills:"))
    assert len(times) == 20
    assert set(times.values()) == {2}


def test_a_simulation_can_be_repeated_and_opens_stock_once(stack: Stack) -> None:
    options = ["simulate", "--rate", "2000", "--events", "1000", "--start", "2026-05-01T08:00:00"]
    options += ["--counts", "0", "--shrinkage", "0", "--transfers", "0"]
    facts = len(CHAIN.products) + len(CHAIN.stores)
    for _ in range(2):
        output = command(stack, *options)
        assert f"sent {facts + SHELVES + 1000:,}, acknowledged" in output
    lines = Counter(r for r in held(stack, Transaction) if "20260501T080000000" in r.event_id)
    assert len(lines) == 1_000
    assert set(lines.values()) == {2}
    assert set(held(stack, Product)) == set(CHAIN.products)
    assert set(held(stack, Store)) == {store.fact for store in CHAIN.stores}
    opened = Counter(held(stack, Shipment))
    assert len(opened) == SHELVES
    assert set(opened.values()) == {2}


def test_a_bounded_history_predicts_what_the_topics_hold(stack: Stack, tmp_path: Path) -> None:
    oracle = tmp_path / "levels.csv"
    options = ["simulate", "--speed", "max", "--events", "3000", "--seed", "9", "--stores", "2"]
    options += ["--skus", "20", "--late", "0.05", "--duplicates", "0.05", "--start", "2026-05-01"]
    oracles = set()
    for _ in range(2):
        output = command(stack, *options, "--oracle", str(oracle))
        assert f"The expected levels are in {oracle}." in output
        oracles.add(oracle.read_text())
    assert len(oracles) == 1
    mine = {store.store_id for store in catalogue(9, 2, 20).stores}
    versions: Counter[tuple[str, str]] = Counter()
    ids = set()
    for kind in (Transaction, Shipment, StockCount, Adjustment, Transfer, ReplenishmentOrder):
        for event in held(stack, kind):
            shipped = kind is Transfer and event.phase == "shipped"
            store = event.store_id if kind is not Transfer else None
            store = store or (event.from_store if shipped else event.to_store)
            if store not in mine or event.event_id in ids:
                continue
            ids.add(event.event_id)
            lost = kind is Transfer and event.phase == "lost"
            versions[store, event.sku] += kind is not ReplenishmentOrder and not lost
    assert len(ids) == 3_000 + 2 * 20
    rows = csv.DictReader(io.StringIO(oracles.pop()))
    assert {(row["store_id"], row["sku"]): int(row["version"]) for row in rows} == versions


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_simulation_that_is_stopped_says_what_was_acknowledged(stack: Stack, number: int) -> None:
    before = sum(len(held(stack, kind)) for kind in RECORD_TYPES)
    process = subprocess.Popen(
        [sys.executable, "-u", "-m", "producers", "simulate", "--rate", "200"],
        env=stack.environment(),
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert "the tills sell" in process.stdout.readline()
    os.kill(process.pid, number)
    output = process.communicate(timeout=60)[0]
    assert process.returncode == 0
    account = re.search(r" simulate: sent ([\d,]+), acknowledged ([\d,]+), failed 0\.\n$", output)
    assert account, output
    sent, acknowledged = (int(count.replace(",", "")) for count in account.groups())
    after = sum(len(held(stack, kind)) for kind in RECORD_TYPES)
    assert sent == acknowledged == after - before


def test_the_supplier_ends_on_sigterm(stack: Stack) -> None:
    process = subprocess.Popen(
        [sys.executable, "-u", "-m", "producers", "replenish"],
        env=stack.environment() | {"INVENTORY_DAY_SECONDS": "10"},
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert "A day of lead time takes 10 s" in process.stdout.readline()
    process.terminate()
    assert "acknowledged 0, failed 0" in process.communicate(timeout=60)[0]
    assert process.returncode == 0


def test_an_order_is_placed_first_and_its_goods_follow_when_it_is_open(stack: Stack) -> None:
    """The test acts as the job. A second supplier finds the open order and continues it."""
    product = Product(
        sku="supplied",
        name="Milk",
        category="Dairy",
        unit_price=Decimal("1.19"),
        reorder_point=10,
        order_up_to=30,
        lead_time=2,
    )
    level = InventoryLevel(
        store_id="S1",
        sku=product.sku,
        on_hand=4,
        sold=6,
        returned=0,
        received=10,
        version=2,
        last_movement_at=utc_now(),
    )
    with Publisher(stack.settings, [Product, InventoryLevel]) as publisher:
        publisher.send(product)
        publisher.send(level)
    (order,) = supplied(stack, ReplenishmentOrder)
    assert (order.status, order.quantity) == ("placed", 26)
    assert not [s for s in held(stack, Shipment) if s.order_id == order.order_id]
    opened = OpenOrder(
        order_id=order.order_id,
        store_id="S1",
        sku=product.sku,
        ordered=26,
        received=0,
        remaining=26,
        cancelled=False,
        expected_at=order.expected_at,
        version=1,
    )
    with Publisher(stack.settings, [OpenOrder]) as publisher:
        publisher.send(opened)
    sent = set()
    for _ in range(2):
        shipments = supplied(stack, Shipment)
        assert len(shipments) == 1
        sent |= {(s.event_id, s.order_id, s.quantity) for s in shipments}
    assert sent == {(f"{order.order_id}:delivery-1", order.order_id, 26)}
    assert [o for o in held(stack, ReplenishmentOrder) if o.sku == product.sku] == [order]


def supplied(stack: Stack, record_type: type[Record]) -> list[Any]:
    """Return the first records of a type that a reliable supplier sends."""
    before = Counter(held(stack, record_type))
    failures = ["--orders-cancelled", "--deliveries-late", "--deliveries-short"]
    options = [text for name in [*failures, "--deliveries-split"] for text in (name, "0")]
    process = subprocess.Popen(
        [sys.executable, "-m", "producers", "replenish", *options],
        env=stack.environment() | {"INVENTORY_DAY_SECONDS": "1"},
        stdout=subprocess.PIPE,
        text=True,
    )
    until = time.monotonic() + 120
    while not (made := Counter(held(stack, record_type)) - before) and time.monotonic() < until:
        time.sleep(0.2)
    process.terminate()
    assert "failed 0" in process.communicate(timeout=60)[0]
    return list(made.elements())


def test_a_deleted_record_is_read_as_a_tombstone_of_its_key(stack: Stack) -> None:
    schemas = registry.client(stack.settings)
    encoder = Encoder(lambda subject, text: registry.schema_id(schemas, subject, text))
    deleted = CHAIN.products[0]
    producer = KafkaProducer(stack.settings, {})
    producer.send(Product.TOPIC, None, encoder.key(deleted))
    assert producer.flush(30) == 0
    assert held(stack, Product)[-1] == Tombstone(Product, deleted.key())
