"""The faults of a run, drawn from its seed alone: the same seed draws the same faults."""

import random
from collections.abc import Callable, Collection
from typing import NamedTuple

PARTS = {
    "kafka": 3, "gate": 2, "views": 2, "job": 2, "job-jvm": 2, "registry": 1, "supervisor": 1
}  # fmt: skip
"""Processes that are killed and stopped -> weight; the job's Python process and its JVM are two."""
FIRST_SECONDS, LAST_SECONDS = 3.0, 12.0
"""Times of a run between which its faults begin."""
TOGETHER = 0.5
"""Share of the further faults that begin while the first one lasts."""
LONG = 0.25
"""Share of the freezes that last long."""
PARTNERS = 0.7
"""Share of the faults during one of the broker that kill one of its clients."""
CLIENTS = ("gate", "job-jvm", "views")
SLOW_BROKER = 0.6
"""Share of the processes that stutter that are the broker."""
WRITERS = ("kafka", "job-jvm", "views")
"""Processes whose disk is full."""
HOUR, DAY = 3600, 24 * 3600
BLOWS = 3


class Fault(NamedTuple):
    """One fault of a run."""

    at: float
    """Second of the run at which it begins."""
    kind: str
    """Its function in Nemesis."""
    target: str = ""
    """Process that it strikes; empty: the kind says it."""
    seconds: float = 0
    """Duration; between two blows of a kill."""
    size: int = 1
    """Blows of a kill, records of a burst, seconds that a clock jumps, number of a choice."""

    def __str__(self) -> str:
        """Describe the fault in a few words, without its time."""
        words = [self.kind.replace("_", " "), self.target]
        if self.kind in ("freeze", "stutter", "fill_disk"):
            words.append(f"{self.seconds:g} s")
        elif self.kind == "clock":
            words.append(f"{self.size / HOUR:+g} h")
        elif self.kind == "kill" and self.size > 1:
            words.append(f"{self.size} times")
        return " ".join(filter(None, words))


Draw = Callable[[random.Random, float], Fault]
"""Draws a fault that begins at a second of the run."""
SHORT_FREEZE, LONG_FREEZE = 5, 30
"""Seconds."""


def _part(chance: random.Random) -> str:
    return chance.choices(list(PARTS), list(PARTS.values()))[0]


def _kill(chance: random.Random, at: float) -> Fault:
    return _blows(chance, at, _part(chance), chance.randint(1, BLOWS))


def _blows(chance: random.Random, at: float, target: str, count: int) -> Fault:
    return Fault(at, "kill", target, round(chance.uniform(0.5, 4), 1), count)


def _freeze(chance: random.Random, at: float) -> Fault:
    return Fault(
        at, "freeze", _part(chance), LONG_FREEZE if chance.random() < LONG else SHORT_FREEZE
    )


def _stutter(chance: random.Random, at: float) -> Fault:
    target = "kafka" if chance.random() < SLOW_BROKER else _part(chance)
    return Fault(at, "stutter", target, 10)


def _fill_disk(chance: random.Random, at: float) -> Fault:
    return Fault(at, "fill_disk", chance.choice(WRITERS), 5)


def _clock(chance: random.Random, at: float) -> Fault:
    jump = chance.choice([-DAY, -2 * HOUR, 2 * HOUR, 20 * HOUR])
    return Fault(at, "clock", chance.choice(["gate", "views", "till"]), 5, jump)


def _burst(kind: str, low: int, high: int) -> Draw:
    return lambda chance, at: Fault(at, kind, size=chance.randint(low, high))


KINDS: dict[str, tuple[int, Draw]] = {
    "kill": (8, _kill),
    "freeze": (8, _freeze),
    "stutter": (8, _stutter),
    "fill_disk": (2, _fill_disk),
    "delete_database": (2, _burst("delete_database", 1, 1)),
    "damage_checkpoint": (1, _burst("damage_checkpoint", 1, 2)),
    "delete_checkpoints": (1, _burst("delete_checkpoints", 1, 1)),
    "clock": (2, _clock),
    "repeat": (2, _burst("repeat", 100, 1_000)),
    "disorder": (1, _burst("disorder", 100, 500)),
    "poison": (2, _burst("poison", 30, 60)),
    "restart_till": (1, _burst("restart_till", 1, 3)),
    "widen_contract": (1, _burst("widen_contract", 1, 1)),
    "down_and_up": (1, _burst("down_and_up", 1, 1)),
    "change_settings": (1, _burst("change_settings", 0, 2)),
}
"""Kind -> weight, and the function that draws one."""
ALONE = {"down_and_up", "change_settings"}
"""Kinds that stop the whole stack: one of them a run."""


def fault_plan(
    seed: int, count: int, kinds: Collection[str] = tuple(KINDS), longest: float = LONG_FREEZE
) -> list[Fault]:
    """Draw the faults of a run, in the order of their begins.

    kinds: to choose from; longest: seconds of a long freeze.
    """
    chance = random.Random(seed)
    faults: list[Fault] = []
    while len(faults) < count:
        at = chance.uniform(FIRST_SECONDS, LAST_SECONDS)
        if faults and chance.random() < TOGETHER:
            at = faults[0].at + chance.uniform(0, max(faults[0].seconds, 2))
        is_slow = any(_slows_broker(fault, at) for fault in faults)
        if is_slow and "kill" in kinds and chance.random() < PARTNERS:
            faults.append(_blows(chance, round(at, 1), chance.choice(CLIENTS), BLOWS))
            continue
        known = {fault.kind for fault in faults}
        left = [name for name in KINDS if name in kinds and not (name in ALONE and known & ALONE)]
        (kind,) = chance.choices(left, [KINDS[name][0] for name in left])
        fault = KINDS[kind][1](chance, round(at, 1))
        is_long = fault.kind == "freeze" and fault.seconds == LONG_FREEZE
        faults.append(fault._replace(seconds=longest) if is_long else fault)
    return sorted(faults)


def _slows_broker(fault: Fault, at: float) -> bool:
    """Return True for a fault by which the broker is slow at a second of the run."""
    slow = fault.target == "kafka" and fault.kind in ("freeze", "stutter")
    return slow and fault.at <= at <= fault.at + fault.seconds
