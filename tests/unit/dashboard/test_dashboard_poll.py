"""A part that does not answer is out since its last answer, and delays nothing else."""

import threading
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from connect.errors import UserError
from connect.running_job import require_running
from dashboard.model.signs import Part
from dashboard.pipeline import poll as poll_module
from dashboard.pipeline.poll import Poll
from dashboard.pipeline.watch import Watch


class Questioned:
    """A part of which the test says whether it answers."""

    def __init__(self) -> None:
        self.answers = True

    def __call__(self) -> int:
        if not self.answers:
            raise UserError("No broker answers.")
        return 7


def test_an_outage_lasts_since_the_last_answer_until_the_next() -> None:
    part = Questioned()
    poll = Poll(part)
    poll.ask()
    last = poll.answer
    assert (last.value, last.outage) == (7, None)
    part.answers = False
    poll.ask()
    poll.ask()
    assert poll.answer.outage is not None
    assert poll.answer.outage.since == last.at
    assert poll.answer.outage.reason == "No broker answers."
    assert poll.answer.value == 7
    part.answers = True
    poll.ask()
    assert poll.answer.outage is None


def test_a_question_that_waits_for_too_long_is_an_outage(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(poll_module, "SILENCE", timedelta(seconds=0.1))
    silent = threading.Event()
    watch = Watch({Part.BROKER: silent.wait, Part.REGISTRY: lambda: None})
    try:
        deadline = datetime.now(UTC) + timedelta(seconds=5)
        while watch.outages.keys() != {Part.BROKER}:
            assert datetime.now(UTC) < deadline
    finally:
        silent.set()
        watch.stop()


def test_between_two_questions_silence_is_no_outage(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(poll_module, "SILENCE", timedelta(0))
    poll = Poll(lambda: 7, seconds=60)
    poll.ask()
    assert poll.answer.outage is None
    monkeypatch.setattr(poll, "_interval", timedelta(0))
    assert poll.answer.outage is not None


def job(state: str, running: int, **more: Any) -> dict[str, Any]:
    tasks = {"running": running, "total": 4}
    return {"jid": "j", "name": "inventory k", "state": state, "tasks": tasks, **more}


def test_the_newest_job_of_the_name_must_run_with_all_its_tasks() -> None:
    ended = job("FAILED", 0, **{"start-time": 1})
    running = job("RUNNING", 4, **{"start-time": 2})
    assert require_running({"jobs": [running, ended]}, "inventory k") == "j"
    for jobs, sentence in (
        ([], "not on the Flink cluster"),
        ([{**running, "name": "inventory other"}], "not on the Flink cluster"),
        ([job("RUNNING", 3, **{"start-time": 2}), ended], "RUNNING: 3 of 4 tasks run"),
        ([{**running, "state": "RESTARTING"}], "RESTARTING"),
    ):
        with pytest.raises(UserError, match=sentence):
            require_running({"jobs": jobs}, "inventory k")
