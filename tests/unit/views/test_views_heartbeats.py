"""Heartbeats: what has gone the whole way, on random schedules, and the table."""

from collections import defaultdict
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from confluent_kafka import OFFSET_INVALID, ConsumerGroupState, KafkaError, KafkaException
from hypothesis import given
from hypothesis import strategies as st

from connect import kafka
from connect.errors import UserError
from connect.settings import Settings
from tests.support.store_records import level
from views import heartbeat_watch
from views.database.conflation import Changes
from views.database.engine import open_database, writing
from views.database.heartbeats import GATE, JOB, REBUILD, Heartbeat, load, save
from views.heartbeat_watch import HeartbeatWatch, Reached

AT = datetime(2026, 1, 31, 9, tzinfo=UTC)
SECOND = timedelta(seconds=1)
PARTITIONS = [("a", 0), ("a", 1), ("b", 0)]


@given(st.lists(st.one_of(st.sampled_from(PARTITIONS), st.sampled_from(["commit", "look"]))))
def test_all_that_had_arrived_by_the_reached_time_is_committed_and_all_committed_is_reached(
    schedule: list[Any],
) -> None:
    reached, ends, committed = Reached(), dict.fromkeys(PARTITIONS, 0), dict[Any, int]()
    arrived: defaultdict[Any, list[datetime]] = defaultdict(list)
    now = AT
    for step in schedule:
        now += SECOND
        if step == "commit":
            committed = dict(ends)
        elif step == "look":
            reached.add(now, dict(ends), dict(committed))
            pending = [at for each in PARTITIONS for at in arrived[each][committed.get(each, 0) :]]
            assert reached.at is None or all(at > reached.at for at in pending)
            if not pending:
                assert reached.at == now
        else:
            ends[step] += 1
            arrived[step].append(now)


def test_an_old_look_is_dropped_and_a_later_one_still_tells_when_all_is_computed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(heartbeat_watch, "LOOKS", 3)
    reached = Reached()
    for number in range(1, 9):
        reached.add(AT + number * SECOND, {("a", 0): number}, {("a", 0): 0})
    assert reached.at is None
    reached.add(AT + 9 * SECOND, {("a", 0): 9}, {("a", 0): 8})
    assert reached.at == AT + 8 * SECOND


def anew(reached: Reached, second: int, end: int, committed: int) -> datetime | None:
    """Add a look; return since when all is calculated anew."""
    reached.add(AT + second * SECOND, {("a", 0): end}, {("a", 0): committed})
    return reached.anew_since


def test_a_group_that_commits_an_earlier_position_calculates_anew_until_all_is_reached() -> None:
    reached = Reached()
    assert anew(reached, 1, 9, 9) is None
    since = AT + 2 * SECOND
    assert [anew(reached, *each) for each in ((2, 9, 3), (3, 9, 6), (4, 10, 8))] == [since] * 3
    assert anew(reached, 5, 10, 9) is None


def test_a_sign_of_beginning_anew_holds_until_the_earlier_position_is_committed() -> None:
    reached = Reached(patience=20 * SECOND)
    anew(reached, 1, 9, 9)
    since = AT + 2 * SECOND
    reached.begin_anew(since)
    assert [anew(reached, *each) for each in ((3, 9, 9), (15, 9, 9), (16, 9, 2))] == [since] * 3
    assert anew(reached, 17, 9, 9) is None


def test_a_sign_after_which_no_earlier_position_is_committed_is_given_up() -> None:
    reached = Reached(patience=20 * SECOND)
    reached.begin_anew(AT)
    assert anew(reached, 20, 9, 9) == AT
    assert anew(reached, 21, 9, 9) is None


class Kafka:
    """Gate, job and offsets as the watch sees them."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.end, self.committed = 5, 5
        self.job: UserError | None = None
        self.members: list[str] = ["gate-1"]
        self.now = AT
        monkeypatch.setattr(heartbeat_watch, "utc_now", lambda: self.now)
        monkeypatch.setattr(kafka, "admin", lambda _: self)
        monkeypatch.setattr(kafka, "cluster_id", lambda *_: "k")
        monkeypatch.setattr(heartbeat_watch, "running_job", lambda *_: self.running())
        monkeypatch.setattr(
            heartbeat_watch, "require_topics", lambda _, topics: dict.fromkeys(topics, 2)
        )
        monkeypatch.setattr(
            heartbeat_watch, "offsets_of", lambda _, each, __: dict.fromkeys(each, self.end)
        )
        monkeypatch.setattr(
            heartbeat_watch,
            "committed_offsets",
            lambda _, __, each, ___: dict.fromkeys(each, self.committed),
        )

    def running(self) -> str:
        if self.job is not None:
            raise self.job
        return "id"

    def describe_consumer_groups(self, groups: list[str], **_: object) -> dict[str, Any]:
        state = ConsumerGroupState.STABLE if self.members else ConsumerGroupState.EMPTY
        described = SimpleNamespace(state=state, members=self.members)
        return {group: SimpleNamespace(result=lambda _: described) for group in groups}


def test_a_part_beats_while_it_is_at_work(monkeypatch: pytest.MonkeyPatch) -> None:
    there = Kafka(monkeypatch)
    watch = HeartbeatWatch(Settings())
    watch.look()
    assert watch.newest == (Heartbeat(JOB, AT, AT, AT), Heartbeat(GATE, AT, AT))
    there.now, there.members, there.end = AT + SECOND, [], 6
    there.job = UserError("The job is FAILED.")
    watch.look()
    assert watch.newest == (
        Heartbeat(JOB, AT + SECOND, None, AT),
        Heartbeat(GATE, AT + SECOND, None),
    )
    there.now, there.committed, there.job = AT + 2 * SECOND, 6, None
    watch.look()
    assert watch.newest[0] == Heartbeat(JOB, *[AT + 2 * SECOND] * 3)


def test_a_partition_without_a_record_holds_back_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Flink commits no offset of it, and Kafka drops that of the job's first start after a week."""
    there = Kafka(monkeypatch)
    empty, offsets = ("accepted-transfers", 1), [0, OFFSET_INVALID, OFFSET_INVALID]

    def ends(_: object, partitions: Any, __: object) -> dict[Any, int]:
        return {each: 0 if each == empty else there.end for each in partitions}

    def committed(*arguments: Any) -> dict[Any, int]:
        offset = offsets.pop(0)
        return {each: offset if each == empty else there.committed for each in arguments[2]}

    monkeypatch.setattr(heartbeat_watch, "offsets_of", ends)
    monkeypatch.setattr(heartbeat_watch, "committed_offsets", committed)
    watch = HeartbeatWatch(Settings())
    for second in range(len(offsets)):
        there.now = AT + second * SECOND
        watch.look()
        (job, gate) = watch.newest
        assert (job.part, gate.part) == (JOB, GATE)
        assert job.reached_at == there.now


def test_levels_of_a_higher_generation_are_a_sign_that_all_is_calculated_anew(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    Kafka(monkeypatch)
    watch = HeartbeatWatch(Settings())
    for generation in (3, 3, 4):
        changes = Changes()
        changes.put(level("a", 1, generation=generation))
        watch.look()
        assert REBUILD not in [each.part for each in watch.newest]
        watch.see_levels(changes, are_new=True)
    watch.look()
    assert Heartbeat(REBUILD, AT, AT) in watch.newest

    def refuses(*_: object) -> dict[str, int]:
        raise UserError("This client may not read the offsets of the group.")

    monkeypatch.setattr(heartbeat_watch, "committed_offsets", refuses)
    watch.look()  # then it is not known when the job has calculated all
    assert REBUILD not in [each.part for each in watch.newest]


def test_levels_of_before_are_of_several_generations_and_no_sign(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    Kafka(monkeypatch)
    watch = HeartbeatWatch(Settings())
    watch.look()
    changes, next_one = Changes(), Changes()
    changes.put(level("a", 1, generation=1))
    changes.put(level("b", 1, generation=2))
    next_one.put(level("a", 1, generation=3))
    for of_before in (changes, next_one):
        watch.see_levels(of_before, are_new=False)
    watch.see_levels(next_one, are_new=True)
    watch.look()
    assert REBUILD not in [each.part for each in watch.newest]


def test_without_a_gate_it_is_unknown_what_the_job_has_computed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    Kafka(monkeypatch)
    watch = HeartbeatWatch(Settings(gate="off"))
    watch.look()
    assert watch.newest == (Heartbeat(JOB, AT, AT, None),)


@pytest.mark.parametrize("error", [KafkaException(KafkaError(KafkaError._TRANSPORT)), KeyError()])
def test_without_an_answer_nothing_is_known_and_the_watch_goes_on(
    monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    Kafka(monkeypatch)
    watch = HeartbeatWatch(Settings())
    watch.look()

    def fails(*_: object) -> str:
        watch._stop.set()
        raise error

    monkeypatch.setattr(kafka, "cluster_id", fails)
    monkeypatch.setattr(heartbeat_watch, "EVERY_SECONDS", 0)
    watch._run()
    assert watch.newest == ()


def test_the_table_keeps_the_newest_times(tmp_path: Path) -> None:
    engine = open_database(Settings(state=tmp_path))
    with writing(engine) as connection:
        save(connection, [Heartbeat(JOB, AT, AT, AT), Heartbeat(GATE, AT, None)])
        save(connection, [Heartbeat(JOB, AT + SECOND, None, None)])
    with engine.connect() as connection:
        assert load(connection) == {
            JOB: Heartbeat(JOB, AT + SECOND, AT, AT),
            GATE: Heartbeat(GATE, AT, None, None),
        }
