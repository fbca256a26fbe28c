"""The parts of the pipeline as rows and sentences for operators."""

from collections.abc import Iterable, Sequence
from datetime import datetime, tzinfo
from statistics import median_high

from dashboard.pipeline.checkpoint_state import CheckpointState
from dashboard.pipeline.contract_versions import ContractVersion
from dashboard.pipeline.lag import CURRENT_SECONDS, Lag
from dashboard.pipeline.service_state import ServiceState
from dashboard.pipeline.step_load import StepLoad, held_up, is_saturated, slowest
from dashboard.text.display_time import ago, stamp
from dashboard.text.quantity import UNKNOWN, duration, rate, share, size
from dashboard.text.step_names import step_name
from views.database.delays import Delay

Row = tuple[str, ...]
CURRENT = (
    f"Records of the last {CURRENT_SECONDS:.0f} s are on their way and count as up to date; the "
    "job reports its position with each checkpoint."
)
UNKNOWN_LOAD = f"{UNKNOWN} The load of the steps is known after two answers of Flink."
LITTLE_MEMORY = 0.1
"""Share of the machine's memory below which the page warns."""


def service_row(service: ServiceState, shown: tzinfo) -> Row:
    """(service, up or down, since, memory)."""
    since = stamp(service.since, shown) if service.since else UNKNOWN
    return service.name, "up" if service.up else "DOWN", since, size(service.bytes)


def bottleneck(loads: Sequence[StepLoad]) -> str:
    """Name the slowest step, and say if others wait for it."""
    load = slowest(list(loads))
    if load is None:
        return UNKNOWN_LOAD
    sentence = f"The {step_name(load.name)} is the slowest, {share(load.busy)} busy"
    waiting = held_up(list(loads))
    if waiting is None:
        if is_saturated(load):
            return (
                f"{sentence}: it takes no more, and the steps before it are about to wait for it."
            )
        return f"{sentence}; no step waits for another."
    return (
        f"{sentence}: the steps before it wait for it, "
        f"the {step_name(waiting.name)} for {share(waiting.held_up)} of its time."
    )


def step_row(load: StepLoad) -> Row:
    """(step, busy, waits for a later step, records)."""
    return step_name(load.name), share(load.busy), share(load.held_up), rate(load.records)


def lag_row(reader: str, topic: str, of: Lag) -> Row:
    """(reader, topic, unread, arriving, read, time to catch up)."""
    return reader, topic, f"{of.waiting:,}", rate(of.arriving), rate(of.read), catch_up_words(of)


def catch_up_words(of: Lag) -> str:
    """Word the time until all is read: "up to date", "45 s", "30 s to 60 s" while it is rough."""
    if of.catch_up is not None:
        if not of.catch_up:
            return "up to date"
        low, high = (duration(of.catch_up * (1 + error)) for error in (-of.error, of.error))
        return low if low == high else f"{low} to {high}"
    if of.arriving is None or of.read is None:
        return f"{UNKNOWN} its rate is being measured"
    if of.read == 0:
        return "never at this rate: nothing is read"
    return "never at this rate: it reads no faster than records arrive"


def events_per_second(lags_of_gate: Iterable[Lag]) -> float | None:
    """Sum the records that arrive; None: not known yet."""
    arriving = [each.arriving for each in lags_of_gate]
    known = [each for each in arriving if each is not None]
    return sum(known) if known else None


def delay_sentence(delays: Sequence[Delay], shown: tzinfo) -> str:
    """Word the delays of the last hours by minute; "" without any."""
    if not delays:
        return ""
    usual = median_high(each.delay for each in delays)
    longest = max(delays, key=lambda each: each.delay)
    return (
        f"End to end since {stamp(delays[0].minute, shown)} ({shown}): usually {duration(usual)}, "
        f"at most {duration(longest.delay)}, at {stamp(longest.minute, shown)}."
    )


def checkpoint_sentence(state: CheckpointState | None, now: datetime, shown: tzinfo) -> str:
    """Word age, duration and size of the newest checkpoint."""
    if state is None:
        return f"{UNKNOWN} No checkpoint is complete yet."
    sentence = (
        f"The newest was complete {ago(state.completed_at, now, shown)}, took "
        f"{duration(state.duration)} and has {size(state.bytes)}."
    )
    if state.failed_at is None:
        return sentence
    return f"{sentence} A later one has failed at {stamp(state.failed_at, shown)}."


def memory_sentence(available: int, total: int) -> str:
    """Word the memory that the machine has left, with a warning before it runs out."""
    sentence = f"The machine has {size(available)} of {size(total)} left."
    if available / total > LITTLE_MEMORY:
        return sentence
    return f"{sentence} That is little: a service may be ended soon. Lower INVENTORY_JOB_HEAP."


def version_row(version: ContractVersion) -> Row:
    """(contract, version in use, note)."""
    if version.used is None:
        return version.name, UNKNOWN, "this version is not registered: run `make schemas`"
    note = "" if version.used == version.newest else f"the registry has version {version.newest}"
    return version.name, str(version.used), note
