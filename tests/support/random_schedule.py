"""A random schedule of operations on one installation, with all its figures checked after each.

The tests' oracle checks them, and so does the product's own audit.
"""

import random
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any
from unittest.mock import patch

from audit import offsets
from audit.audit_report import Report
from audit.console_report import conclusion
from audit.offsets import Offsets
from audit.run import run as audit
from connect import registry
from connect.kafka import Partition
from connect.settings import Settings
from gate.accepted_topics import accepted_topic
from schemas.generated import GateLimits, InventoryLevel, StockCount, Transaction
from schemas.version import Version
from tests.support.job_on_kafka import EVENT_TOPICS, JobOnKafka
from tests.support.minicluster import MiniCluster
from tests.support.oracle import Event
from tests.support.published_figures import Expected, Figures, expected_figures
from tests.support.timed_deliveries import TimedDeliveries

SECONDS = 40
"""Time within which all figures are true."""
DAY = 24 * 3600
LIMITS = [3600, 3600, DAY, DAY, 3 * DAY, 7 * DAY, 0]
"""Seconds; 0: no limit."""
WATERMARK_SECONDS = 0.5
"""Time within which the job's log time follows what it has read."""
ZONES = ["UTC", "Asia/Tokyo"]
OPERATIONS = [
    "read_on", "downtime", "downtime", "crash", "rebuild", "change_limits", "there_and_back",
    "elsewhere", "copy_topics", "power_cut", "lose_limits",
]  # fmt: skip


class Schedule:
    """Operations on one installation, with all figures checked after each."""

    def __init__(
        self, seed: int, settings: Settings, minicluster: MiniCluster, histories: int
    ) -> None:
        self._seed = seed
        self._chance = chance = random.Random(seed)
        self.trusted = chance.random() < 0.4
        """Producers are trusted, so that the gate may be off."""
        limits = [seconds for seconds in LIMITS if seconds >= DAY] if self.trusted else LIMITS
        self._limits = [(chance.choice(limits), chance.choice(LIMITS)) for _ in range(3)]
        self._settings = settings
        self._apply(*self._limits[0])
        self._deliveries = TimedDeliveries(
            chance, histories, registry.client(settings), DAY if self.trusted else None
        )
        self.job = JobOnKafka(settings, minicluster)
        self._sent: Counter[Partition] = Counter()
        self._reader = Figures(settings)
        self._versions: dict[Any, Version] = {}
        """Versions of the rows at the last check."""
        self._generation = 0
        self._past: list[str] = []
        """Operations so far."""

    def operations(self, count: int) -> list[str]:
        """Return random names of operations."""
        names = [*OPERATIONS, *(["switch_gate"] * 3 if self.trusted else [])]
        return self._chance.choices(names, k=count)

    def run(self, names: list[str]) -> None:
        """Perform operations by name, after a first start. Raises AssertionError."""
        self._apply_limits()
        for name in ["rebuild", *names]:
            self._past.append(f"{name} {self._settings.gate}")
            operation: Callable[[], bool | None] = getattr(self, name)
            self._check(operation())
            self._deliver()
            self._check(is_new=False)

    def audit(self) -> Report:
        """Audit all that the gate has read and written."""
        ends = self._ends()
        intact = offsets.end_offsets

        def end_offsets(*arguments: Any) -> Offsets:
            known = intact(*arguments)
            return {at: min(end, ends.get(at, end)) for at, end in known.items()}

        with patch.object(offsets, "end_offsets", end_offsets):
            return audit(self._settings, settle_seconds=0)

    def write_wrong_level(self) -> InventoryLevel:
        """Publish a level with a unit too many, and return it."""
        level = next(iter(self._reader.tables[InventoryLevel]))
        wrong: InventoryLevel = replace(level, on_hand=level.on_hand + 1, version=level.version + 1)
        self.job.write([self._deliveries.stored(wrong, 0, level.last_movement_at)])
        return wrong

    def lose_accepted_event(self) -> Event:
        """Let the gate accept a new event that never reaches its topic, and return it."""
        self._deliveries.advance(self._settings)
        self._deliveries.forward(self._settings)
        log = self._deliveries.accepted[accepted_topic(Transaction.TOPIC), 0]
        lost: Event = log.pop().record
        self._write([])
        self._read_until_true(self._reader)
        self.job.checkpoint()
        return lost

    def close(self) -> None:
        self.job.cancel()
        self._reader.close()

    # Operations: each returns True if the state must be new, False if it must be resumed.

    def read_on(self) -> bool:
        return False

    def downtime(self) -> bool:
        self.job.cancel()
        for _ in range(self._chance.randint(1, 3)):
            self._deliver()
        self._start()
        return False

    def crash(self) -> bool:
        """Records read after the last checkpoint are read, and published, again."""
        self._deliver()
        time.sleep(self._chance.random())
        self.job.cancel()
        self._start()
        return False

    def power_cut(self) -> bool:
        """The newest checkpoints are damaged: what a reader has seen since is read again."""
        self._deliver()
        self.job.checkpoint()
        self._deliver()
        time.sleep(self._chance.random())
        self.job.cancel()
        complete = len(self.job.checkpoints())
        damaged = self._chance.randint(1, complete)
        self.job.damage_checkpoints(self._chance, damaged)
        self._start()
        return damaged == complete

    def lose_limits(self) -> bool:
        """The topic of the gate's limits is made anew, and the gate writes those of today."""
        self.job.cancel()
        self.job.create([GateLimits.TOPIC])
        self._apply_limits()
        self._deliver()
        self._start()
        return False

    def rebuild(self) -> bool:
        self.job.cancel()
        self.job.delete_checkpoints()
        self._deliver()
        self._start()
        return True

    def change_limits(self) -> None:
        self.job.cancel()
        self._apply(*self._chance.choice(self._limits))
        self._apply_limits()
        self._deliver()
        self._start()

    def switch_gate(self) -> bool:
        self.job.cancel()
        other = "off" if self._settings.gate == "on" else "on"
        self._settings = replace(self._settings, gate=other)
        self._apply_limits()
        self._deliver()
        self._start()
        return True

    def there_and_back(self) -> bool:
        """A setting is changed, and changed back before the job has a checkpoint with it."""
        (other,) = set(ZONES) - {self._settings.time_zone}
        return self._run_meanwhile(time_zone=other)

    def elsewhere(self) -> bool:
        """The job runs with another folder of checkpoints for a while, such as on a new machine."""
        return self._run_meanwhile(checkpoints=f"{self._settings.checkpoints}-{time.time_ns()}")

    def _run_meanwhile(self, **other: str) -> bool:
        """Run the job with other settings until readers have seen its rows, then as before."""
        self.job.cancel()
        own = self._settings
        self._settings = replace(own, **other)  # type: ignore[arg-type]
        self._start(first_checkpoint=False)
        end = time.monotonic() + SECONDS
        while self._reader.generation < self.job.generation:
            assert time.monotonic() < end, self.job.exceptions()
            self._reader.read()
        self.job.cancel()
        self._settings = own
        self._start()
        return True

    def copy_topics(self) -> bool:
        """The topics are made anew and filled by log time, the partitions in any order."""
        self.job.cancel()
        self.job.create(EVENT_TOPICS)
        sent, self._sent = self._sent, Counter()
        self._start()
        times = sorted({stored.at for at in sent for stored in self._log(at)[: sent[at]]})
        partitions = list(sent)
        for time_reached in [*times[2:-1:3], times[-1]]:
            self._chance.shuffle(partitions)
            for at in partitions:
                log = self._log(at)[self._sent[at] : sent[at]]
                copied = [stored for stored in log if stored.at <= time_reached]
                self.job.write(copied)
                self._sent[at] += len(copied)
            time.sleep(WATERMARK_SECONDS)
        return True

    # Steps of the operations.

    def _apply(self, dedup_seconds: int, count_seconds: int) -> None:
        self._settings = replace(
            self._settings, dedup_seconds=dedup_seconds, count_seconds=count_seconds
        )

    def _apply_limits(self) -> None:
        if self._settings.gate == "on":
            self.job.write([self._deliveries.limits(self._settings)])

    def _start(self, first_checkpoint: bool = True) -> None:
        parallelism = self._chance.choice([1, 2])
        self.job.start(replace(self._settings, parallelism=parallelism), first_checkpoint)

    def _deliver(self) -> None:
        """Let time pass; the gate may be behind, and partitions may lag."""
        self._deliveries.advance(self._settings)
        if self._settings.gate == "on" and self._chance.random() < 0.9:
            self._deliveries.forward(self._settings)
        lagging = list(self._deliveries.accepted) if self._chance.random() < 0.3 else []
        self._write(self._chance.sample(lagging, min(len(lagging), 2)))

    def _write(self, lagging: list[Partition]) -> None:
        """Write first records first, so that log time has moved when the job reads the rest."""
        partitions = [*self._deliveries.public, *self._deliveries.accepted]
        self._chance.shuffle(partitions)
        written = [at for at in partitions if at not in lagging]
        if self.job.runs:
            self.job.write(
                stored for at in written for stored in self._log(at)[self._sent[at] :][:1]
            )
            self._sent.update(at for at in written if len(self._log(at)) > self._sent[at])
            time.sleep(WATERMARK_SECONDS)
        self.job.write(stored for at in written for stored in self._log(at)[self._sent[at] :])
        self._sent.update({at: len(self._log(at)) - self._sent[at] for at in written})
        self.job.write(self._deliveries.quarantined)
        self._deliveries.quarantined.clear()

    def _log(self, partition: Partition) -> list[Any]:
        logs = self._deliveries
        return logs.accepted[partition] if partition in logs.accepted else logs.public[partition]

    def _ends(self) -> dict[Partition, int]:
        """Return the offset in each public partition up to which all is accepted or quarantined."""
        if not self._settings.has_gate:
            return {}
        judged, accepted = self._deliveries.judged, self._deliveries.accepted
        ends = {at: judged.get(at, 0) for at in self._deliveries.public}
        for topic, number in ends:
            partition = (accepted_topic(topic), number)
            lagging = accepted.get(partition, [])[self._sent[partition] :]
            if lagging:
                ends[topic, number] = lagging[0].offset
        return ends

    # The check.

    def _arrived(self) -> list[Event]:
        """Return the events of the topics that the job reads, less those that it must refuse."""
        gate = self._settings.has_gate
        logs = self._deliveries.accepted if gate else self._deliveries.public
        sent = [each.record for at, log in logs.items() for each in log[: self._sent[at]]]
        age = timedelta(seconds=self._settings.count_seconds)
        return [
            event
            for event in sent
            if gate
            or not age
            or not isinstance(event, StockCount)
            or event.recorded_at <= event.counted_at + age
        ]

    def _check(self, is_new: bool | None) -> None:
        """Compare all figures of a reader that follows, and of one that begins."""
        grows = self.job.generation > self._generation
        assert is_new is None or is_new == grows, (self._past, self._generation)
        self._generation = self.job.generation
        self._read_until_true(self._reader, former_rows=True)
        self.job.checkpoint()
        if grows:
            self.job.delete_former_rows()
        beginning = Figures(self._settings)
        for reader in (self._reader, beginning):
            self._read_until_true(reader)
        beginning.close()
        self._audit_until_true()
        before, self._versions = self._versions, beginning.versions
        back = [key for key, now in self._versions.items() if now < before.get(key, now)]
        assert not back, f"{back[0]} went back after {self._past}"

    def _read_until_true(self, reader: Figures, former_rows: bool = False) -> None:
        """Read at least once. The ledger and the other topics are not written in one moment."""
        end = time.monotonic() + SECONDS
        reader.read()
        while reader.wrong(self._expected(reader), self._generation, former_rows):
            assert time.monotonic() < end, self._failure(reader)
            reader.read()

    def _audit_until_true(self) -> None:
        """Audit at least once. After a crash, the job may still read again what readers have."""
        end = time.monotonic() + SECONDS
        while not (report := self.audit()).true:
            assert time.monotonic() < end, self._audit_failure(report)
        assert not report.lost, self._audit_failure(report)
        assert not any(tally.in_flight for tally in report.tallies.values())

    def _audit_failure(self, report: Report) -> str:
        lines = [*report.differences.lines(), *report.lost.lines()][:5]
        return "\n".join([self._sentence(), *conclusion(report), *lines, str(report.accounts)])

    def _sentence(self) -> str:
        return f"seed {self._seed}, after {self._past}"

    def _expected(self, reader: Figures) -> Expected:
        arrived = reader.in_order_of_reading(self._arrived())
        return expected_figures(arrived, self._settings.time_zone)

    def _failure(self, reader: Figures) -> str:
        wrong = reader.wrong(self._expected(reader), self._generation)
        key, row, value = wrong[0]
        history = "\n".join(self._deliveries.history_of(key))
        return (
            f"{self._sentence()}: {len(wrong)} wrong, such as {key}:\n"
            f"published {row}\nexpected  {value}\n{self._settings}\n{history}\n"
            f"{self.job.exceptions()}"
        )
