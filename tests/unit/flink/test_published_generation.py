"""A state that is resumed never publishes below what readers have seen."""

import pytest

import connect.registry
from connect import kafka
from flink import published_generation
from schemas.generated import SalesByDay
from tests.support.published_topic import PARTITION, Topic


@pytest.fixture
def topic(monkeypatch: pytest.MonkeyPatch) -> Topic:
    topic = Topic()
    monkeypatch.setattr(published_generation, "PUBLISHED", [SalesByDay])
    monkeypatch.setattr(connect.registry, "client", lambda *_: None)
    monkeypatch.setattr(connect.registry, "schema_text", lambda _, number: topic.text_of(number))
    return topic


def highest(topic: Topic) -> int:
    return read(topic).generation


def read(topic: Topic) -> published_generation.Published:
    return published_generation.published_generation(topic.settings, kafka.admin(topic.settings))


def test_without_rows_there_is_no_generation(topic: Topic) -> None:
    assert highest(topic) == 0
    topic.write(1, generation=5, version=1, delete=True)
    assert highest(topic) == 0


def test_the_highest_generation_is_that_of_any_of_the_newest_rows(topic: Topic) -> None:
    for day, generation in enumerate([3, 3, 7, 7, 6], 1):
        topic.write(day, generation=generation, version=1)
    assert highest(topic) == 7


def test_rows_before_any_number_of_deletions_are_read(
    topic: Topic, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(published_generation, "TAIL", 2)
    topic.write(1, generation=4, version=1)
    for day in range(2, 28):
        topic.write(day, generation=4, version=1, delete=True)
    assert highest(topic) == 4


def test_a_row_of_a_generation_that_no_job_has_is_named_until_it_is_deleted(topic: Topic) -> None:
    topic.write(1, generation=4, version=1)
    topic.write(2, generation=2**63 - 1, version=1)
    topic.write(2, generation=4, version=1)
    assert highest(topic) == 4
    (sentence,) = read(topic).strange
    place = f"sales-by-day, partition {PARTITION}, offset 1"
    assert sentence.startswith(f"{place} has the generation {2**63 - 1}, which no job writes")
    topic.write(2, generation=4, version=1, delete=True)
    assert read(topic).strange == []
