"""A second job beside the first one is named, and what it leaves is not kept for ever."""

import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from confluent_kafka import KafkaError, KafkaException

from connect import kafka
from connect.settings import Settings
from flink import checkpoints, overtaken
from flink.overtaken import Claim, claim, claimed
from flink.published_generation import published_generation
from schemas.generated import GateLimits
from tests.support.gate_on_mock import MockBroker

OWN, OTHER = 7, 9
AWAY = KafkaException(KafkaError(KafkaError._TRANSPORT))


def test_the_highest_generation_that_began_is_known_though_no_row_has_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    broker = MockBroker([GateLimits.TOPIC])
    settings = Settings(kafka=broker.servers)
    client = kafka.admin(settings)
    assert claimed(settings, client) == Claim()
    for generation, highest in ((OWN, OWN), (OTHER, OTHER), (OWN, OTHER)):
        claim(settings, client, generation)
        assert claimed(settings, client).generation == highest
    monkeypatch.setattr("flink.published_generation.PUBLISHED", [])
    monkeypatch.setattr("connect.registry.client", lambda *_: None)
    assert published_generation(settings, client).generation == OTHER


@pytest.mark.parametrize("flink", ["local", "cluster:8081"])
def test_another_job_is_named_and_its_rows_are_replaced_by_a_rebuild_once_it_is_gone(
    flink: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Its last rows may follow from half of the events."""
    answers: Iterator[Claim | KafkaException] = iter(
        [Claim(OWN, "1"), Claim(OTHER, "1"), Claim(OTHER, "2"), AWAY, *2 * [Claim(OTHER, "2")]]
    )
    killed: list[int] = []

    def newest(*_: object) -> Claim:
        answer = next(answers)
        if isinstance(answer, KafkaException):
            raise answer
        return answer

    monkeypatch.setattr(overtaken, "POLL_SECONDS", 0)
    monkeypatch.setattr(overtaken, "GONE_POLLS", 2)
    monkeypatch.setattr(overtaken, "claim", lambda *_: None)
    monkeypatch.setattr(overtaken, "claimed", newest)
    monkeypatch.setattr(kafka, "admin", lambda _: object())
    monkeypatch.setattr(os, "kill", lambda pid, _: killed.append(pid))
    settings = replace(Settings(state=tmp_path), flink=flink)
    parts: Any = {"Kafka cluster": "k1"}
    folder = checkpoints.folder(settings, "k1", parts)
    checkpoints.note(folder, checkpoints.Notes(parts, OWN))
    overtaken.watch(settings, folder, OWN)
    assert not list(answers)
    first, second = capsys.readouterr().err.splitlines()
    assert "Another job has begun with generation 9" in first
    assert "The other job has ended, and readers keep its rows" in second
    assert killed == ([os.getpid()] if flink == "local" else [])
    assert checkpoints.is_overtaken(folder, OWN, published=OWN), "its next start rebuilds the state"
    new = checkpoints.new_generation(folder, published=OWN)
    assert not checkpoints.is_overtaken(folder, new, published=OWN)
