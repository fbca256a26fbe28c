"""A whole installation for the nemesis: its processes, and starts and stops of all of them."""

import os
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path

import psutil
from confluent_kafka.admin import (  # type: ignore[attr-defined]
    AlterConfigOpType,
    ConfigEntry,
    ConfigResource,
    ResourceType,
)
from rich.console import Console

from connect import kafka
from connect.settings import Settings
from schemas.generated import LedgerEntry
from stack import os_processes
from stack.runtime import Stack
from tests.support.faults.launcher import NOTHING
from tests.support.faults.planted_faults import planted_in

BASE, SERVICES = ("registry", "kafka"), ("gate", "job", "views")
CHECKPOINT_SECONDS = 2
LAUNCHER = "tests.support.faults.launcher"
JVM, SUPERVISOR = "-jvm", "supervisor"
GONE_SECONDS = 30.0
"""Time within which a process that was killed is there again."""
QUICK = {"checkpoint_seconds": CHECKPOINT_SECONDS, "days_milliseconds": 500}
"""Settings with which a run takes less time."""


class Installation:
    """One stack at a time, on the same ports and the same state."""

    def __init__(self, stack: Stack, planted: str | None) -> None:
        """stack: runs; planted: see planted_faults."""
        self.stack = stack
        self.planted = planted
        self._lock = threading.RLock()

    @property
    def settings(self) -> Settings:
        return self.stack.settings

    def clock(self, name: str) -> Path:
        """Return the file with the error of a service's clock."""
        return clock_file(self.settings.state, name)

    def up(self) -> None:
        """Do what `make up` does to what does not run, without waiting for the services."""
        with self._lock:
            self.stack.open()
            for name in BASE:
                self.stack.start(name)
            for name in BASE:
                self.stack.wait(name)
            for name in SERVICES:
                self.stack.start(name)

    def down(self) -> None:
        with self._lock:
            self.stack.stop()

    def change(self, **changes: float) -> None:
        """Stop everything, and start it with other settings."""
        with self._lock:
            self.stack.stop()
            settings = replace(self.settings, **changes)  # type: ignore[arg-type]
            self.stack = launched(Stack(settings, list(BASE)), self.planted)
            self.up()

    def unhealthy(self, names: Sequence[str]) -> list[str]:
        """Return those of the services that are not healthy."""
        return [name for name in names if not self.stack.processes[name].healthy()]

    def pids(self, target: str) -> list[psutil.Process]:
        """Return the processes of a target, orphans of a killed supervisor included."""
        if target == SUPERVISOR:
            file = self.settings.state / "supervisord.pid"
            with suppress(OSError, ValueError, psutil.NoSuchProcess):
                return [psutil.Process(int(file.read_text()))]
            return []
        name = target.removesuffix(JVM)
        is_java = target.endswith(JVM) or name in BASE
        processes = []
        for process in os_processes.belonging(self.settings.state):
            with suppress(psutil.Error):
                own = process.environ().get("SUPERVISOR_PROCESS_NAME") == name
                if own and ("java" in process.name()) == is_java:
                    processes.append(process)
        return processes

    def awaited(self, target: str) -> list[psutil.Process]:
        """Return the processes of a target once there are any; none after GONE_SECONDS."""
        end = time.monotonic() + GONE_SECONDS
        while not (processes := self.pids(target)) and time.monotonic() < end:
            time.sleep(0.2)
        return processes

    def wait_until_works(self, target: str) -> None:
        """Return once a target's service is healthy, or after GONE_SECONDS."""
        name, end = target.removesuffix(JVM), time.monotonic() + GONE_SECONDS
        while self.unhealthy([name]) and time.monotonic() < end:
            time.sleep(0.2)


def clock_file(state: Path, name: str) -> Path:
    return state / f"clock-of-{name}"


def launched(stack: Stack, planted: str | None) -> Stack:
    """Let the launcher run the Python services of a stack that has not been opened yet."""
    for name in SERVICES:
        process = stack.processes[name]
        _, option, *module = process.command
        assert option == "-m"
        mistake = [*planted_in(name, planted), NOTHING][0]
        clock = str(clock_file(stack.settings.state, name))
        command = [sys.executable, "-m", LAUNCHER, clock, mistake, *module]
        stack.processes[name] = replace(process, command=command)
    return stack


@contextmanager
def installation(planted: str | None = None) -> Iterator[Installation]:
    """Start everything on free ports; remove it at the end."""
    opened = launched(Stack.on_free_ports(list(BASE), **QUICK), planted)
    there = Installation(opened, planted)
    with opened as stack:
        stack.names += SERVICES
        stack.fetch(Console(quiet=True))
        applied = stack.run("contracts", "apply", timeout=120)
        assert applied.returncode == 0, applied.stderr
        if planted == "keyless-ledger":
            _keep_messages_without_key(stack.settings)
        for name in SERVICES:
            stack.start(name)
        for name in SERVICES:
            stack.wait(name)
        yield there


def _keep_messages_without_key(settings: Settings) -> None:
    """Let the ledger's topic take what a compacted one refuses."""
    resource = ConfigResource(
        ResourceType.TOPIC,
        LedgerEntry.TOPIC,
        incremental_configs=[
            ConfigEntry("cleanup.policy", "delete", incremental_operation=AlterConfigOpType.SET)
        ],
    )
    client = kafka.admin(settings)
    client.incremental_alter_configs([resource])[resource].result(30)


def send_signal(processes: Sequence[psutil.Process], number: int) -> list[int]:
    """Send a signal to the processes that are still there; return their ids."""
    reached = []
    for process in processes:
        with suppress(ProcessLookupError):
            os.kill(process.pid, number)
            reached.append(process.pid)
    return reached
