"""One run: events, faults, and all checks once the last fault has ended."""

import random
import re
import time
from collections.abc import Collection
from datetime import datetime
from typing import NamedTuple

from confluent_kafka.schema_registry import Schema

from connect import registry
from connect.errors import UserError
from connect.settings import Settings
from schemas.clock import utc_now
from schemas.wire import IdOf
from tests.support import oracle
from tests.support.faults.fault_checks import Verdict, levels_in_database, verdict
from tests.support.faults.fault_installation import BASE, SERVICES, Installation
from tests.support.faults.fault_plan import KINDS, LONG_FREEZE, fault_plan
from tests.support.faults.nemesis import Nemesis
from tests.support.faults.till import Book, Till
from tests.support.poisons import poisons
from tests.support.running_pipeline import RunningPipeline

STORES, SKUS = 3, 30
SETTLE_SECONDS = 180.0
CHECK_SECONDS = 60.0
"""Time within which everything else is."""
POLL_SECONDS = 0.25
SUPERVISED = re.compile("^(.+?) (?:INFO|WARN) ((?:spawned|exited|stopped): .*)$", re.MULTILINE)
"""Lines of the supervisor's log: time, and the start or end of a process."""


class Result(NamedTuple):
    """The outcome of a run, as it is kept in the table of the document."""

    seed: int
    faults: list[str]
    events: int
    """Acknowledged events."""
    repeats: int
    """Of these, repeats that the run made on purpose."""
    poisons: int
    lost: int
    twice: int
    back: float
    """Seconds from the end of the last fault until all processes were healthy."""
    fresh: float
    """Seconds from the end of the last fault until all levels in the database were true."""
    wrong: list[str]
    """Everything that is not true."""
    timeline: list[str]

    @property
    def line(self) -> str:
        """The run in one line."""
        outcome = "all is true" if not self.wrong else f"NOT TRUE: {self.wrong[0]}"
        return (
            f"seed {self.seed}: {'; '.join(self.faults)}: {self.events:,} events, "
            f"{self.repeats:,} repeats, {self.poisons} poisons; lost {self.lost}, "
            f"twice {self.twice}; back after {self.back:.1f} s, fresh after {self.fresh:.1f} s; "
            f"{outcome}"
        )


class Runs:
    """Runs one after the other on one installation; each has stores of its own."""

    def __init__(self, installation: Installation, settle: float = SETTLE_SECONDS) -> None:
        """settle: seconds within which all levels are true again."""
        self._installation, self._settle = installation, settle
        self._books: list[Book] = []
        self._ids = registered_ids(installation.settings)

    def run(
        self,
        seed: int,
        count: int,
        kinds: Collection[str] = tuple(KINDS),
        longest: float = LONG_FREEZE,
    ) -> Result:
        """Perform the run of a seed. count: of its faults; kinds, longest: see fault_plan."""
        faults = fault_plan(seed, count, kinds, longest)
        timeline = Timeline()
        till = self._till(seed)
        failed = []
        till.start()
        try:
            Nemesis(self._installation, till, seed, timeline.add).perform(faults)
        except (AssertionError, UserError) as failure:
            failed.append(f"nemesis: {failure}")
        till.stop()
        ended = time.monotonic()
        failed += till.settle(self._settle)
        timeline.add("all events are acknowledged, or the time for it is over")
        back, fresh, wrong = self._until_fresh(ended)
        timeline.add(f"all levels are {'not ' if wrong else ''}true")
        judged = self._judged(0 if wrong else CHECK_SECONDS)
        timeline.add("checked")
        timeline.add_supervised(self._installation.settings)
        return Result(
            seed=seed,
            faults=[f"{fault.at:g} s {fault}" for fault in faults],
            events=len(till.book.events) - till.book.repeats,
            repeats=till.book.repeats,
            poisons=till.book.poisons,
            lost=judged.lost,
            twice=judged.twice,
            back=back,
            fresh=fresh,
            wrong=failed + wrong + judged.wrong,
            timeline=timeline.lines(),
        )

    def _till(self, seed: int) -> Till:
        """Return the till of a run, whose book joins those of the runs before."""
        world = RunningPipeline(self._installation.stack, seed)
        world.stores = [f"seed-{seed}-store-{number}" for number in range(STORES)]
        world.skus = [f"sku-{number}" for number in range(SKUS)]
        till = Till(world, self._ids, random.Random(seed))
        self._books.append(till.book)
        return till

    def _until_fresh(self, ended: float) -> tuple[float, float, list[str]]:
        """Wait until the levels in the database are the oracle's, and all services healthy.

        Return the seconds from the end of the faults until both, at most until waiting ended, and
        levels that are not true.
        """
        expected = oracle.levels(event for book in self._books for event in book.events)
        back = fresh = 0.0
        while not (back and fresh):
            now = time.monotonic() - ended
            if not back and not self._installation.unhealthy([*BASE, *SERVICES]):
                back = now
            actual = levels_in_database(self._installation.settings)
            if not fresh and actual == expected:
                fresh = now
            if now > self._settle:
                break
            time.sleep(POLL_SECONDS)
        keys = [
            each
            for each in expected.keys() | actual.keys()
            if actual.get(each) != expected.get(each)
        ]
        wrong = [f"levels: {len(keys):,} are not true after {self._settle:g} s"] if keys else []
        if not back:
            wrong.append(f"not healthy: {self._installation.unhealthy([*BASE, *SERVICES])}")
        wrong += [
            f"levels: {key}: {actual.get(key)}, expected {expected.get(key)}" for key in keys[:3]
        ]
        return back or now, fresh or now, wrong

    def _judged(self, seconds: float) -> Verdict:
        """Check at least once, and until all is true: the topics are not written in one moment."""
        end = time.monotonic() + seconds
        while True:
            judged = verdict(self._installation.settings, self._books)
            if not judged.wrong or time.monotonic() > end:
                return judged
            time.sleep(1)


class Timeline:
    """The events of a run in the order of time."""

    def __init__(self) -> None:
        self._begun = utc_now()
        self._entries: list[tuple[datetime, str]] = []

    def add(self, text: str) -> None:
        self._entries.append((utc_now(), text))

    def add_supervised(self, settings: Settings) -> None:
        """Add the starts and ends of processes that the supervisor has logged."""
        log = settings.state / "logs" / "supervisord.log"
        for stamp, text in SUPERVISED.findall(log.read_text("utf-8")):
            at = datetime.strptime(stamp, "%Y-%m-%d %H:%M:%S,%f").astimezone()
            if at >= self._begun:
                self._entries.append((at, f"supervisor: {text}"))

    def lines(self) -> list[str]:
        begun = self._begun
        return [
            f"{(at - begun).total_seconds():7.2f} s  {text}" for at, text in sorted(self._entries)
        ]


def registered_ids(settings: Settings) -> IdOf:
    """Return schema ids that were looked up before the first fault."""
    client = registry.client(settings)
    known: dict[tuple[str, str], int] = {}

    def id_of(subject: str, text: str) -> int:
        if (subject, text) not in known:
            known[subject, text] = client.register_schema(subject, Schema(text, "AVRO"))
        return known[subject, text]

    poisons(id_of, utc_now())
    return id_of
