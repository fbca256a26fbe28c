"""The drill: back up under load, delete everything, restore on other ports, compare with a book."""

import random
import re
import time
from contextlib import ExitStack
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from confluent_kafka import KafkaError, Message

from backup import manifest
from backup.create import create
from backup.manifest import Backup
from gate.coordinates import RecordCoordinates
from schemas.clock import utc_now
from schemas.generated import EVENTS as CONTRACTS
from stack.runtime import Stack
from tests.support.faults.fault_checks import verdict
from tests.support.faults.fault_installation import QUICK, installation
from tests.support.faults.fault_run import registered_ids
from tests.support.faults.till import Book, Sent, Till
from tests.support.running_pipeline import RunningPipeline

pytestmark = [pytest.mark.slow, pytest.mark.nightly]
EVENTS = 50_000
"""Events before the load."""
LOAD_SECONDS = 5
TRUE_SECONDS = 180
PUBLIC = {each.TOPIC for each in CONTRACTS}
SECONDS = re.compile(r"in ([\d.]+) s\.")


class Note(NamedTuple):
    """A message that Kafka has acknowledged."""

    at: datetime
    coordinates: RecordCoordinates
    sent: Sent


class NotingTill(Till):
    """Notes where and when each message was acknowledged."""

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self.notes: list[Note] = []

    def _report(self, number: int, error: KafkaError | None, message: Message) -> None:
        sent = self._unanswered.get(number)
        super()._report(number, error, message)
        if error is None and sent is not None:
            at = (str(message.topic()), int(message.partition() or 0), int(message.offset() or 0))
            self.notes.append(Note(utc_now(), RecordCoordinates(*at), sent))

    def book_of(self, backup: Backup) -> Book:
        """Return the book of what is in a backup: at least all that came before its moment."""
        inside = [
            note
            for note in self.notes
            if note.coordinates.offset
            < backup.topics[note.coordinates.topic].end(note.coordinates.partition)
        ]
        late = {note.coordinates for note in self.notes} - {note.coordinates for note in inside}
        lost = [note for note in self.notes if note.coordinates in late and note.at < backup.time]
        assert not lost, lost[:3]
        refused = self.book.refused
        return Book(
            events=[
                note.sent.event
                for note in inside
                if note.sent.event is not None and note.coordinates not in refused
            ],
            refused={at: reason for at, reason in refused.items() if at not in late},
        )


def ran(stack: Stack, *command: str) -> str:
    """Return the output of a command that succeeds."""
    done = stack.run(*command, timeout=300)
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    return done.stdout


def seconds(output: str) -> float:
    return float(SECONDS.findall(output)[0])


class Drill(NamedTuple):
    """A backup that was made under load."""

    folder: Path
    seconds: float
    """Time of the backup of everything."""
    expected: Book
    """The events that count after a restore, and the records that are refused."""


@pytest.fixture(scope="module")
def drill(tmp_path_factory: pytest.TempPathFactory) -> Drill:
    folder = tmp_path_factory.mktemp("drill") / "backup"
    with installation() as there:
        world = RunningPipeline(there.stack)
        world.send(EVENTS)
        till = NotingTill(world, registered_ids(there.settings), random.Random(7))
        till.start()
        till.poison(40)
        time.sleep(LOAD_SECONDS)
        whole = ran(there.stack, "backup", "create", str(folder))
        till.repeat(200)
        till.disorder(200)
        till.poison(40)
        time.sleep(LOAD_SECONDS)
        backup = create(there.settings, folder, print)
        assert backup.number > 1
        till.stop()
        till.settle(60)
        expected = till.book_of(backup)
        assert len(expected.events) < len(till.book.events), "the load had ended"
    expected.events += world.arrivals
    return Drill(folder, seconds(whole), expected)


@pytest.mark.timeout(1200)
@pytest.mark.parametrize("secure", ["0", "1"], ids=["open", "secured"])
def test_what_was_acknowledged_before_a_backup_under_load_counts_once_after_its_restore(
    drill: Drill, secure: str, tmp_path: Path
) -> None:
    folder, expected = drill.folder, drill.expected
    stack = Stack.on_free_ports([], **QUICK, simulation="off", secure=secure)
    with ExitStack() as at_exit:
        at_exit.push(stack.__exit__)
        # As `make restore` and `make up` do.
        ran(stack, "stack", "base")
        restored = ran(stack, "backup", "restore", str(folder))
        millions = len(expected.events) / 1e6
        print(
            f"{len(expected.events):,} events; seconds for a million events: "
            f"backup {drill.seconds / millions:.0f}, "
            f"restore {seconds(restored) / millions:.0f}"
        )
        ran(stack, "stack", "up")
        end = time.monotonic() + TRUE_SECONDS
        while (judged := verdict(stack.settings, [expected])).wrong and time.monotonic() < end:
            time.sleep(1)
        assert not judged.wrong, judged.wrong
        assert (judged.lost, judged.twice) == (0, 0)
        again = tmp_path / "again"
        ran(stack, "backup", "create", str(again))
        assert ends(manifest.verified(again)) == ends(manifest.load(folder))
    assert manifest.verified(folder) == manifest.load(folder)


def ends(backup: Backup) -> dict[tuple[str, int], int]:
    """Return the end offset of each partition of the public topics, which nothing was sent to."""
    return {
        (name, number): topic.end(number)
        for name, topic in backup.topics.items()
        if name in PUBLIC
        for number in range(topic.partitions)
    }
