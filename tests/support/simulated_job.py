"""A job with buffers between its steps, which is behind, as Kafka shows it: its commits.

It reads some topics in turn until the buffers after them are full, and its last step limits it. A
checkpoint passes through the buffers, so that it lasts for as long as what is in them; when it is
complete, the positions at its begin are committed, those of each topic a little later.
"""

import random
from collections import deque
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from dashboard.pipeline.lag import Reading

SHARES = {"transactions": 0.6, "shipments": 0.12, "counts": 0.08, "transfers": 0.12, "orders": 0.08}
"""Topic -> its share of the events. The last step has nothing to do for orders."""
BEGIN = datetime(2026, 1, 31, 9, tzinfo=UTC)
PORTION = 10
"""Records that move together."""
CAPACITY = 1_300 // PORTION
"""Portions between two steps."""
BARRIER = ""
ARRIVING = 20
STARTS = 6.0
"""Seconds until the job runs."""
SECONDS_EACH = 0.0021
WARM_AFTER = 25.0
"""Seconds in which the job reaches its full speed, from half of it."""
COMMITTED_WITHIN = 1.0
POLLED_EACH = (3.0, 3.4)
"""Shortest and longest time between two readings, in seconds."""
Positions = dict[str, int]


class SimulatedJob:
    """One job from its start until it has caught up."""

    def __init__(self, chance: random.Random, backlog: int, checkpoint_seconds: float) -> None:
        """backlog: events that wait; checkpoint_seconds: between two checkpoints."""
        self._chance, self._backlog = chance, backlog
        self._between = checkpoint_seconds
        self._now = STARTS
        self._speed = 1.0
        self._read = dict.fromkeys(SHARES, 0)
        self._after_sources: dict[str, deque[str]] = {topic: deque() for topic in SHARES}
        self._aligned: set[str] = set()
        self._after_joining: deque[str] = deque()
        self._before_last: deque[str] = deque()
        self._turn = 0
        self._commits: list[tuple[float, Positions]] = []
        self._run()

    @property
    def caught_up_at(self) -> float:
        """Seconds after the beginning."""
        return self._now

    def observed(self) -> Iterator[tuple[float, dict[tuple[str, str], Reading]]]:
        """Yield (seconds, readings by (reader, topic)) as they are polled."""
        late = [
            {topic: at + self._chance.random() * COMMITTED_WITHIN for topic in SHARES}
            for at, _ in self._commits
        ]
        seconds = -60.0
        while seconds < self._now:
            at = BEGIN + timedelta(seconds=seconds)
            yield (
                seconds,
                {
                    ("job", topic): Reading(
                        at,
                        max(
                            (
                                positions[topic]
                                for (_, positions), seen in zip(self._commits, late, strict=True)
                                if seen[topic] <= seconds
                            ),
                            default=0,
                        ),
                        self._end(topic, max(seconds, 0)),
                    )
                    for topic in SHARES
                },
            )
            seconds += self._chance.uniform(*POLLED_EACH)

    def _end(self, topic: str, seconds: float) -> int:
        return int(SHARES[topic] * (self._backlog + ARRIVING * seconds))

    def _run(self) -> None:
        due, begun, speed_until = STARTS + self._between, None, 0.0
        while True:
            if self._now > speed_until:
                speed_until = self._now + 1
                self._speed += 0.3 * (1 - self._speed) + self._chance.gauss(0, 0.05)
            if begun is None and self._now >= due:
                begun = self._now, dict(self._read)
                for buffer in self._after_sources.values():
                    buffer.append(BARRIER)
            self._move()
            if not self._before_last:
                self._now += 0.05
                continue
            topic = self._before_last.popleft()
            if topic != BARRIER:
                warm = min(1.0, 0.5 + 0.5 * (self._now - STARTS) / WARM_AFTER)
                seconds = PORTION * SECONDS_EACH * (topic != "orders") / (self._speed * warm)
                self._now += seconds
                continue
            assert begun is not None
            self._commits.append((self._now, begun[1]))
            if all(self._end(each, self._now) - begun[1][each] <= 60 for each in SHARES):
                return
            due, begun = max(begun[0] + self._between, self._now), None

    def _move(self) -> None:
        """Fill the buffers, from the last to the first."""
        topics = list(SHARES)
        moved = True
        while moved:
            moved = False
            while self._after_joining and len(self._before_last) < CAPACITY:
                self._before_last.append(self._after_joining.popleft())
                moved = True
            for _ in topics:
                topic = topics[self._turn % len(topics)]
                self._turn += 1
                moved = self._join(topic) or moved
            for topic, buffer in self._after_sources.items():
                while len(buffer) < CAPACITY and self._read[topic] + PORTION <= self._end(
                    topic, self._now
                ):
                    buffer.append(topic)
                    self._read[topic] += PORTION
                    moved = True

    def _join(self, topic: str) -> bool:
        """Take one portion of a topic, or its barrier, after which it waits for the others'."""
        buffer = self._after_sources[topic]
        if not buffer or topic in self._aligned or len(self._after_joining) >= CAPACITY:
            return False
        portion = buffer.popleft()
        if portion != BARRIER:
            self._after_joining.append(portion)
            return True
        self._aligned.add(topic)
        if len(self._aligned) == len(SHARES):
            self._after_joining.append(BARRIER)
            self._aligned.clear()
        return True
