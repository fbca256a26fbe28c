"""The process of the read model names what stops it, and goes on by itself."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from datetime import datetime, timedelta
from itertools import count
from types import SimpleNamespace
from typing import Any

import pytest
from click.testing import CliRunner
from confluent_kafka import KafkaError, KafkaException
from sqlalchemy import insert, select

import views.__main__
from connect import standstill
from connect.errors import UserError
from connect.read_progress import read_progress
from connect.settings import Settings
from connect.standstill import STANDSTILL_SECONDS, standstills
from dashboard.queries.gaps import gaps
from schemas.clock import utc_now
from schemas.generated import InventoryLevel, OpenOrder, Product
from tests.support.logged import logged
from tests.support.store_records import level, order, product
from tests.support.topics_in_memory import Topics
from views import follower, read_model_process
from views.__main__ import main
from views.database.delays import Delay, since
from views.database.engine import SQLITE_FILE, open_database, writing
from views.database.tables import TABLES
from views.heartbeat_watch import HeartbeatWatch
from views.read_model_process import NAME, SERVICE, ReadModel


@pytest.fixture
def settings(tmp_path: Any) -> Settings:
    return Settings(state=tmp_path)


@pytest.fixture
def topics(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Topics:
    of_kafka = Topics(settings)
    of_kafka.install(monkeypatch)
    monkeypatch.setattr(read_model_process, "RETRY_SECONDS", 0)
    monkeypatch.setattr(read_model_process, "NOTE_SECONDS", -1)
    return of_kafka


class Moments:
    """Answers the question whether to stop, and runs something at each moment."""

    def __init__(self, *moments: Callable[[], None]) -> None:
        self._moments = list(moments)

    def __call__(self) -> bool:
        if self._moments:
            self._moments.pop(0)()
        return not self._moments


def with_moments(monkeypatch: pytest.MonkeyPatch, *moments: Callable[[], None]) -> None:
    """Let the process end after some moments."""

    @contextmanager
    def flag() -> Iterator[Callable[[], bool]]:
        yield Moments(*moments)

    monkeypatch.setattr(read_model_process, "shutdown_flag", flag)


def run(settings: Settings, monkeypatch: pytest.MonkeyPatch, *moments: Callable[[], None]) -> None:
    with_moments(monkeypatch, *moments)
    ReadModel(settings, lambda *_: None).run()


def nothing() -> None:
    pass


def raises(error: Exception) -> Callable[..., Any]:
    def fail(*_: object) -> None:
        raise error

    return fail


def rows(settings: Settings) -> int:
    with open_database(settings).connect() as connection:
        return len(connection.execute(select(TABLES[InventoryLevel])).all())


ERRORS = [
    UserError("No Kafka broker answers at x."),
    KafkaException(KafkaError(KafkaError._TRANSPORT, "No Kafka broker answers at x.")),
]


@pytest.mark.parametrize("error", ERRORS, ids=["sentence", "of the client"])
def test_what_stops_it_is_named_once_and_it_goes_on_by_itself(
    settings: Settings,
    topics: Topics,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    error: Exception,
) -> None:
    monkeypatch.setattr(standstill, "monotonic", count(step=STANDSTILL_SECONDS).__next__)
    seen: list[list[str]] = []
    topics.send(level("a", 1), product("a"))

    def see() -> None:
        seen.append(standstills(settings, SERVICE))

    run(
        settings,
        monkeypatch,
        lambda: monkeypatch.setattr(follower, "topic_facts", raises(error)),
        nothing,
        see,
        see,
        lambda: monkeypatch.setattr(follower, "topic_facts", topics.facts),
        *[nothing] * 20,
        see,
        nothing,
    )
    for sentences in seen[:2]:
        assert len(sentences) == 1
        assert sentences[0].startswith(f"{NAME} has not moved for ")
        assert "No Kafka broker answers at x." in sentences[0]
    assert seen[2] == []
    printed = logged(caplog)
    assert printed.count("No Kafka broker answers at x.") == 1
    assert printed.count(f"{NAME} moves again") == 1
    assert rows(settings) == 1


def test_an_error_that_passes_within_the_time_of_a_standstill_is_not_called_one(
    settings: Settings,
    topics: Topics,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    clock = count(step=(STANDSTILL_SECONDS - 1) / 3)
    monkeypatch.setattr(standstill, "monotonic", clock.__next__)
    run(
        settings,
        monkeypatch,
        lambda: monkeypatch.setattr(follower, "topic_facts", raises(ERRORS[0])),
        *[nothing] * 3,
        lambda: monkeypatch.setattr(follower, "topic_facts", topics.facts),
        *[nothing] * 5,
    )
    assert NAME not in logged(caplog)


def test_a_history_topic_that_is_deleted_is_missing_and_its_rows_go(
    settings: Settings, topics: Topics, monkeypatch: pytest.MonkeyPatch
) -> None:
    topics.send(level("a", 1), product("a"), order("o", 1))

    def delete() -> None:
        del topics.topics[OpenOrder.TOPIC], topics.topics[Product.TOPIC]

    run(settings, monkeypatch, *[nothing] * 40, delete, *[nothing] * 20)
    engine = open_database(settings)
    assert gaps(engine, settings).missing == (OpenOrder,)
    with engine.connect() as connection:
        assert not connection.execute(select(TABLES[OpenOrder])).all()
        # Levels keep the names and units of their products.
        assert connection.execute(select(TABLES[Product])).all()
    assert rows(settings) == 1


def test_a_database_that_was_deleted_is_made_anew(
    settings: Settings, topics: Topics, monkeypatch: pytest.MonkeyPatch
) -> None:
    topics.send(level("a", 1))

    def delete() -> None:
        for file in settings.state.glob(f"{SQLITE_FILE}*"):
            file.unlink()

    run(settings, monkeypatch, *[nothing] * 20, delete, *[nothing] * 20)
    assert rows(settings) == 1


def test_it_says_how_far_it_is_and_that_it_works(
    settings: Settings, topics: Topics, monkeypatch: pytest.MonkeyPatch
) -> None:
    topics.send(level("a", 1))
    run(settings, monkeypatch, *[nothing] * 20)
    progress = read_progress(settings)
    assert progress is not None
    assert progress.works
    assert progress.sentence.startswith("has read all records up to 20")


def test_it_does_not_count_as_working_before_the_levels_have_been_read(
    settings: Settings, topics: Topics, monkeypatch: pytest.MonkeyPatch
) -> None:
    topics.send(*(level(f"sku{number}", 1) for number in range(50)))
    run(settings, monkeypatch, *[nothing] * 4)
    progress = read_progress(settings)
    assert progress is not None
    assert not progress.works
    assert "to read" in progress.sentence


def test_status_prints_each_topic(
    settings: Settings, topics: Topics, monkeypatch: pytest.MonkeyPatch
) -> None:
    topics.send(level("a", 1))
    topics.of(InventoryLevel).append(b"junk")
    run(settings, monkeypatch, *[nothing] * 20)
    environment = {"INVENTORY_STATE": str(settings.state), "COLUMNS": "200"}
    printed = CliRunner().invoke(main, ["status"], env=environment).output
    lines = {line.split()[0]: line.split() for line in printed.splitlines() if line}
    assert lines["inventory-levels"][-2:] == ["0", "1"]
    assert lines["stock-ledger"][-3:] == ["-", "0", "0"]
    assert "The read model has read all records up to 20" in printed


def test_rebuild_empties_the_tables_and_the_running_process_fills_them_again(
    settings: Settings, topics: Topics, monkeypatch: pytest.MonkeyPatch
) -> None:
    topics.send(level("a", 1, version=1))
    counts: list[int] = []

    def rebuild() -> None:
        # A row that no topic has: an ordinary start would keep it.
        with writing(open_database(settings)) as connection:
            connection.execute(insert(TABLES[InventoryLevel]), level("b", 1, version=9).to_dict())
        counts.append(rows(settings))
        done = CliRunner().invoke(main, ["rebuild"], env={"INVENTORY_STATE": str(settings.state)})
        assert done.exit_code == 0, done.output
        counts.append(rows(settings))

    run(settings, monkeypatch, *[nothing] * 20, rebuild, *[nothing] * 20)
    assert [*counts, rows(settings)] == [2, 0, 1]


def test_former_levels_of_several_generations_are_no_sign_that_the_job_calculates_anew(
    settings: Settings, topics: Topics, monkeypatch: pytest.MonkeyPatch
) -> None:
    watch = HeartbeatWatch(settings)
    begun: list[datetime] = []
    monkeypatch.setattr(views.__main__, "HeartbeatWatch", lambda _: nullcontext(watch))
    monkeypatch.setattr(watch._reached, "begin_anew", begun.append)
    topics.send(*(level(f"sku{each}", 1, generation=each // 20) for each in range(60)))

    def rebuilt() -> None:
        assert rows(settings) == 60
        assert begun == []
        topics.send(level("sku1", 1, generation=3))

    with_moments(monkeypatch, *[nothing] * 40, rebuilt, *[nothing] * 20)
    views.__main__._run(settings)
    assert len(begun) == 1


def test_it_notes_the_delay_of_levels_but_not_of_those_that_it_reads_first(
    settings: Settings, topics: Topics, monkeypatch: pytest.MonkeyPatch
) -> None:
    watch = SimpleNamespace(newest=(), job_lag={}, see_levels=lambda *_: None)
    monkeypatch.setattr(views.__main__, "HeartbeatWatch", lambda _: nullcontext(watch))
    moved_at = utc_now() - timedelta(seconds=7)
    begin = utc_now() - timedelta(hours=1)

    def delays() -> list[Delay]:
        with open_database(settings).connect() as connection:
            return since(connection, begin)

    def first() -> None:
        assert rows(settings) == 1
        assert delays() == []
        topics.send(level("a", 2, version=2, last_movement_at=moved_at))

    topics.send(level("a", 1, last_movement_at=utc_now()))
    with_moments(monkeypatch, *[nothing] * 20, first, *[nothing] * 20)
    views.__main__._run(settings)
    (noted,) = delays()
    assert timedelta(seconds=7) <= noted.delay < timedelta(minutes=5)
