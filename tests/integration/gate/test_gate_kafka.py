"""The gate with a real Kafka and registry: what it forwards, quarantines and redrives."""

import json
import os
import subprocess
import sys
import time
from collections import Counter, defaultdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from confluent_kafka import Message

from connect import kafka
from contracts.deployment.topic_admin import set_setting
from gate.start_offsets import START_ANEW
from schemas.generated import EVENTS, Adjustment, Shipment
from schemas.wire import Encoder
from stack.runtime import Stack
from tests.support.gate_messages import (
    ACCEPTED,
    PUBLIC,
    Sender,
    by_coordinates,
    event_id,
    event_ids,
    everything,
    id_of,
    quarantined,
)
from tests.support.gate_process import command, gate
from tests.support.patience import until
from tests.support.poisons import Poison, good, poisons

pytestmark = pytest.mark.slow


def test_every_poison_is_quarantined_and_every_canary_is_forwarded_unchanged(stack: Stack) -> None:
    now = datetime.now(UTC)
    ids = id_of(stack)
    encoder, sender = Encoder(ids), Sender(stack)
    bad: dict[str, Poison] = {}
    sent: dict[tuple[str, int, int], tuple[Any, ...]] = {}
    with gate(stack):
        for number, poison in enumerate(poisons(ids, now)):
            if poison.reason == "too_large":
                continue
            bad[poison.name] = poison
            sender.send(poison.name, poison.topic, poison.key, poison.value)
            canary = good(EVENTS[number % len(EVENTS)], now, f"canary-{number}")
            sender.send(
                number,
                canary.TOPIC,
                encoder.key(canary),
                encoder.value(canary),
                headers=[("trace", b"\x00\xff"), ("trace", None)],
            )
        sender.flush()

        def all_there() -> bool:
            return len(by_coordinates(quarantined(stack))) >= len(bad) and sum(
                len(everything(stack, topic)) for topic in ACCEPTED.values()
            ) >= len(bad)

        until(all_there)
    in_quarantine = by_coordinates(quarantined(stack))
    assert len(in_quarantine) == len(bad)
    for name, poison in bad.items():
        record = in_quarantine[sender.coordinates[name]]
        assert record.reason == poison.reason, (name, record.sentence)
        assert (record.raw_key, record.raw_value) == (poison.key, poison.value)
        assert record.complete
    for topic in PUBLIC:
        for message in everything(stack, topic):
            sent[topic, message.partition(), message.offset()] = as_it_is(message)  # type: ignore[index]
    expected: dict[tuple[str, int], list[Any]] = defaultdict(list)
    for coordinates in sorted(sent.keys() - in_quarantine.keys()):
        expected[ACCEPTED[coordinates[0]], coordinates[1]].append(sent[coordinates])
    accepted: dict[tuple[str, int], list[Any]] = defaultdict(list)
    for topic in ACCEPTED.values():
        for message in everything(stack, topic):
            accepted[topic, message.partition()].append(as_it_is(message))  # type: ignore[index]
    assert accepted == expected


def as_it_is(message: Message) -> tuple[Any, ...]:
    return message.key(), message.value(), str(message.headers())


def test_a_quarantined_record_is_listed_and_redriven_once(stack: Stack, tmp_path: Path) -> None:
    ids, now = id_of(stack), datetime.now(UTC)
    encoder, sender = Encoder(ids), Sender(stack)
    fields = json.loads(Shipment.SCHEMA)

    def version(name: str) -> int:
        more = {"name": name, "type": "boolean", "default": False}
        return ids(
            f"tests-{name}-value", json.dumps({**fields, "fields": [*fields["fields"], more]})
        )

    coming = version("first") + 1
    early, cut = (good(Shipment, now, name) for name in ("early", "cut"))
    key, value = encoder.key(early), encoder.value(early)
    early_value = b"\0" + coming.to_bytes(4, "big") + value[5:] + b"\x01"
    with gate(stack):
        sender.send("early", Shipment.TOPIC, key, early_value, headers=[("trace", b"1")])
        sender.send("cut", Shipment.TOPIC, key, encoder.value(cut)[:-7])
        sender.flush()
        places = {label: "/".join(map(str, each)) for label, each in sender.coordinates.items()}
        until(lambda: set(sender.coordinates.values()) <= set(by_coordinates(quarantined(stack))))

        output = command(stack, "list", "--topic", "shipments", "--reason", "unknown_schema")
        assert f"unknown_schema  {places['early']}" in output
        shown = command(stack, "show", places["cut"])
        assert "the bytes end before" in shown
        assert '"sku": "milk"' in shown
        assert "are a record of that schema" in shown

        assert "is still invalid" in command(stack, "redrive", places["early"], code=1)
        assert "is still invalid" in command(stack, "redrive", *places.values(), code=1)
        assert "not in quarantine" in command(stack, "show", "shipments/0/999999", code=1)
        assert "not in quarantine" in command(stack, "redrive", "shipments/0/999999", code=1)
        assert version("second") == coming
        time.sleep(11)  # after UNKNOWN_SECONDS the gate looks the id up again
        both = [
            subprocess.Popen(
                [sys.executable, "-m", "gate", "quarantine", "redrive", places["early"]],
                env=stack.environment(),
                stderr=subprocess.PIPE,
                text=True,
            )
            for _ in range(2)
        ]
        outputs = [each.communicate(timeout=60)[1] for each in both]
        assert sorted(each.returncode for each in both) == [0, 1], outputs
        assert "was redriven before" in command(stack, "redrive", places["early"], code=1)

        repaired = tmp_path / "repaired.json"
        record = json.loads(command(stack, "show", "--json", places["cut"]))
        repaired.write_text(json.dumps(record | {"quantity": 0}))
        refused = command(stack, "redrive", places["cut"], "--value", str(repaired), code=1)
        assert "repaired.json: quantity: expected a whole number" in refused
        at = now.isoformat(timespec="milliseconds")
        repaired.write_text(json.dumps(record | {"occurred_at": at, "recorded_at": at}))
        again = command(stack, "redrive", places["cut"], "--value", str(repaired), "--by", "Ada")
        assert f"{places['cut']} was redriven as shipments/" in again
        assert "by Ada, repaired" in command(stack, "show", places["cut"])
        accepted = ACCEPTED[Shipment.TOPIC]
        until(lambda: {b"early", b"cut"} <= set(event_ids(stack, accepted)))
        counted = Counter(event_ids(stack, accepted))
        assert (counted[b"early"], counted[b"cut"]) == (1, 1)
        (sent,) = (m for m in everything(stack, accepted) if event_id(m) == b"early")
        assert (sent.key(), sent.value(), sent.headers()) == (key, early_value, [("trace", b"1")])
    output = command(stack, "list", "--topic", "shipments", "--reason", "unknown_schema")
    assert places["early"] not in output


def test_a_record_that_its_accepted_topic_refuses_is_quarantined_and_the_next_one_forwarded(
    stack: Stack,
) -> None:
    encoder, sender, now = Encoder(id_of(stack)), Sender(stack), datetime.now(UTC)
    refused = good(Adjustment, now, "refused")
    set_setting(
        kafka.admin(stack.settings), ACCEPTED[Adjustment.TOPIC], "max.message.bytes", "5000"
    )
    for name, headers in (("refused", [("trace", os.urandom(10_000))]), ("behind", [])):
        event = good(Adjustment, now, name)
        key, value = encoder.key(event), encoder.value(event)
        sender.send(name, event.TOPIC, key, value, headers=headers)
    sender.flush()
    with gate(stack):
        until(lambda: b"behind" in event_ids(stack, ACCEPTED[Adjustment.TOPIC]))
        until(lambda: sender.coordinates["refused"] in by_coordinates(quarantined(stack)))
    entry = by_coordinates(quarantined(stack))[sender.coordinates["refused"]]
    assert (entry.reason, entry.complete) == ("unforwardable", True)
    assert entry.raw_value == encoder.value(refused)
    assert b"refused" not in event_ids(stack, ACCEPTED[Adjustment.TOPIC])


def test_a_gate_whose_accepted_topic_is_gone_does_not_begin_an_empty_one(stack: Stack) -> None:
    admin, name = kafka.admin(stack.settings), ACCEPTED[Shipment.TOPIC]
    admin.delete_topics([name])[name].result(10)
    until(lambda: name not in admin.list_topics(timeout=10).topics)
    for _ in range(2):
        ended = stack.run("gate", timeout=60)
        assert ended.returncode == 1
        assert ended.stderr.endswith(
            f" ERROR   gate: Topic {name} is gone, and the gate has read shipments already: "
            f"restore it, or {START_ANEW}.\n"
        )
    assert name not in admin.list_topics(timeout=10).topics
