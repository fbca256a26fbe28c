"""Watch the running job by Flink's REST API: log tasks that do not move, and failures.

A task is idle, held up by the tasks after it, or busy. One that is busy and nothing else, and
neither reads nor writes a record, is stuck in one call, such as a sink whose Kafka does not answer.
"""

import os
import signal
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from connect import cluster_rest
from connect.errors import UserError
from connect.part_log import LOG
from connect.settings import PREFIX, Settings
from connect.standstill import STANDSTILL_SECONDS, Observation, StandstillLog
from flink.client_security import without_secrets

SAMPLE_SECONDS = 2.0
"""Each second, the answers about all tasks took 8 % of a core."""
OTHER_CLUSTER_SECONDS = 25.0
"""Flink renews a task's times every 5 s, and by default answers with figures that are 10 s old."""
RESTART_SECONDS = 180.0
"""Longer than the time limits of the job's clients: Kafka's producer gives up after 120 s."""
LOST_OFFSET = "OffsetOutOfRangeException"
"""Each attempt of the same job fails at it again. One that starts asks Kafka for lost offsets."""
LOST = (
    "The job ends: started again, it continues from its newest checkpoint, unless that needs the "
    "lost records."
)
STUCK = "The job ends, to start again from its newest checkpoint."
TASK = "Task "
"""First word of the names of tasks."""
TIMES = ("accumulated-idle-time", "accumulated-backpressured-time")
RECORDS = ("read-records", "write-records")
UNREADABLE_STATE = "BackendBuildingException"
"""Flink's error when it cannot read the state that it resumes from."""
REGISTRY_CLIENT = "kafka.schemaregistry"
"""Part of the class names of the registry's Java client, as stack traces show them."""


def start(
    settings: Settings, name: str, note: Callable[[Mapping[str, float]], None] = lambda _: None
) -> None:
    """Watch the job of that name in a thread, until this process ends.

    note: called before each look with the seconds of each standstill at the look before, by name.
    """
    threading.Thread(target=_watch, args=(settings, name, note), daemon=True).start()


def _watch(settings: Settings, name: str, note: Callable[[Mapping[str, float]], None]) -> None:
    local = settings.flink == "local"
    log = StandstillLog(settings, "job", STANDSTILL_SECONDS if local else OTHER_CLUSTER_SECONDS)
    begun, failed_at = False, 0
    standing: Mapping[str, float] = {}
    while True:
        note(standing)
        time.sleep(SAMPLE_SECONDS)
        try:
            job = cluster_rest.running(settings, name)
            if job is None:
                continue
            # A job on a cluster may have recovered from a failure before this process began.
            may_be_over, begun = not local and not begun, True
            standing = log.observe(dict(observations(settings, job)))
            failed_at, sentence = latest_failure(settings, job, failed_at) or (failed_at, "")
            if sentence:
                LOG.warning(sentence)
            is_lost = LOST_OFFSET in sentence and not may_be_over
            if is_lost and not local:
                cluster_rest.cancel(settings, job)
            if is_lost or (local and is_stuck(standing)):
                LOG.warning(LOST if is_lost else STUCK)
                os.kill(os.getpid(), signal.SIGTERM)
        except UserError as error:
            if begun:
                log.observe({"Flink": Observation(None, error.message)})


def is_stuck(standing: Mapping[str, float]) -> bool:
    """Return True if a task stands still for longer than any call may take: a restart helps."""
    return any(
        name.startswith(TASK) and seconds > RESTART_SECONDS for name, seconds in standing.items()
    )


def observations(settings: Settings, job: str) -> Iterator[tuple[str, Observation]]:
    """Yield (name, observation) of the job and of each task that runs, by the job's id."""
    answer = cluster_rest.get(settings, f"jobs/{job}")
    statuses: Counter[str] = Counter()
    for vertex in answer["vertices"]:
        tasks = cluster_rest.get(settings, f"jobs/{job}/vertices/{vertex['id']}")["subtasks"]
        for task in tasks:
            statuses[task["status"]] += 1
            if task["status"] == "RUNNING":
                name = f"{TASK}{_short(vertex['name'])} ({task['subtask'] + 1}/{len(tasks)})"
                yield name, _observation(task)
    state = answer["state"]
    runs = state == "RUNNING" and set(statuses) == {"RUNNING"}
    counts = ", ".join(f"{count} {status}" for status, count in sorted(statuses.items()))
    work = "" if runs else f"it is {state}, tasks: {counts}."
    yield "The job", Observation(work, work)


def _observation(task: dict[str, Any]) -> Observation:
    metrics = task["metrics"]
    return Observation(
        (task["attempt"], *(metrics[name] for name in (*RECORDS, *TIMES))),
        f"it is busy with one call since {metrics['read-records']:,} records read and "
        f"{metrics['write-records']:,} written: check that Kafka answers.",
    )


def latest_failure(settings: Settings, job: str, since: int) -> tuple[int, str] | None:
    """Return (time, sentence) of the job's newest failure after a time, in ms since 1970."""
    history = cluster_rest.get(settings, f"jobs/{job}/exceptions?maxExceptions=1")
    entries = history["exceptionHistory"]["entries"]
    if not entries or entries[0]["timestamp"] <= since:
        return None
    trace = entries[0]["stacktrace"]
    causes = [line for line in trace.splitlines() if line.startswith("Caused by: ")]
    cause = causes[-1].removeprefix("Caused by: ") if causes else trace.partition("\n")[0]
    sentence = f"The job has failed and starts again: {cause.rstrip('.')}."
    if REGISTRY_CLIENT in trace:
        sentence += (
            f" The registry at {settings.registry_url} has not answered: check that it is "
            f"healthy, and {PREFIX}REGISTRY."
        )
    if UNREADABLE_STATE in trace:
        sentence += (
            " The checkpoint that it continues from cannot be read: if that repeats, stop the job "
            "and delete that folder. It then starts from an older one, or from the first event."
        )
    return entries[0]["timestamp"], without_secrets(sentence, settings)


def _short(vertex: str) -> str:
    """Return the last operator of a chain: its sink, if it has one."""
    return vertex.rpartition(" -> ")[2]
