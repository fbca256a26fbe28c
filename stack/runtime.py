"""The stack as an object: start some of its processes, wait until they are well, stop them.

with Stack.on_free_ports(["kafka", "registry"]) as stack:
    ...  # stack.settings says where they are; stack.pid("kafka") is for kill -9
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from rich.console import Console

from connect.errors import UserError
from connect.settings import Settings
from stack import java, os_processes, ports, services
from stack.artifacts import folder
from stack.fetch import fetch
from stack.logs import last_lines
from stack.process import PROJECT, Process
from stack.supervision import Supervisor

LOOK_SECONDS = 0.2
CRASHES = 3
"""A process that ended so often before it was well will not become well."""
LAST_LINES = 15
GROUPS = {"kafka": "broker", "registry": "registry", "job": "flink"}
"""Which parts must be there before a process starts."""


class Stack:
    """The processes of one state folder. Every method raises UserError when it fails."""

    def __init__(self, settings: Settings, names: list[str] | None = None) -> None:
        """names: what `with` starts; by default, what `make up` runs."""
        self.settings = replace(settings, state=settings.state.resolve())
        self.names = services.local(settings) if names is None else names
        self.processes = services.processes(self.settings)
        self.supervisor = Supervisor(self.settings.state)
        self._noted = self.settings.state / "settings.json"
        self._temporary: Path | None = None

    @classmethod
    def on_free_ports(cls, names: list[str], **changes: Any) -> Self:
        """A stack in a temporary folder, which is removed at its end; changes: of its settings."""
        host = changes.get("host", Settings().host)
        chosen: dict[str, Any] = {
            "kafka_port": ports.free(host, 2),
            "registry_port": ports.free(host, 2),
            "flink_port": ports.free(host, 2),
            "dashboard_port": ports.free(host),
            "state": Path(tempfile.mkdtemp(prefix="inventory-")),
        }
        stack = cls(Settings(**(chosen | changes)), names)
        if "state" not in changes:
            stack._temporary = stack.settings.state
        return stack

    def __enter__(self) -> Self:
        try:
            self.fetch(Console(quiet=True))
            self.open()
            for name in self.names:
                self.start(name)
            for name in self.names:
                self.wait(name)
        except BaseException:
            self.__exit__(None, None, None)
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()
        if self._temporary:
            shutil.rmtree(self._temporary, ignore_errors=True)

    def fetch(self, console: Console) -> int:
        """Bring the Java parts that its processes need; returns the bytes downloaded."""
        groups = {group for name, group in GROUPS.items() if name in self.names}
        return fetch(self.settings.state, console, groups)

    def _fetch_for(self, name: str) -> None:
        group = GROUPS.get(name)
        if group and not folder(self.settings.state, group).exists():
            fetch(self.settings.state, Console(quiet=True), [group])

    def open(self) -> None:
        """Start the supervisor, unless it runs; no process is started yet.

        What a supervisor that was killed has left behind is ended first.
        """
        if not self.supervisor.pid():
            os_processes.end(os_processes.belonging(self.settings.state), seconds=10)
            self._noted.parent.mkdir(parents=True, exist_ok=True)
            self._noted.write_text(json.dumps(self.settings.environment()))
            self.supervisor.start(list(self.processes.values()), self.environment())

    def differences(self) -> list[str]:
        """Settings with which it was opened and that are others now, as VARIABLE=value."""
        now = self.settings.environment()
        then: dict[str, str] = json.loads(self._noted.read_text()) if self._noted.exists() else now
        return [f"{name}={value}" for name, value in then.items() if now.get(name) != value]

    def environment(self) -> dict[str, str]:
        """Environment variables of every process."""
        own = {
            "JAVA_HOME": str(java.HOME),
            "PYTHONUNBUFFERED": "1",
            # The job has no Python functions: PyFlink need not look for a worker to run them.
            "_python_worker_execution_mode": "process",
        }
        return dict(os.environ) | self.settings.environment() | own

    def run(self, *command: str, timeout: float | None = None) -> subprocess.CompletedProcess[str]:
        """One of the project's own commands, such as "contracts", "apply", to its end.

        Raises subprocess.TimeoutExpired after so many seconds.
        """
        return subprocess.run(
            [sys.executable, "-m", *command],
            env=self.environment(),
            cwd=PROJECT,
            capture_output=True,
            text=True,
            check=False,
            timeout=timeout,
        )

    def start(self, name: str) -> None:
        """Start one process, without waiting; nothing when it runs."""
        (process,) = services.chosen(self.settings, [name])
        if self.pid(name) is None:
            self._fetch_for(name)
            process.prepare()
        self.supervisor.start_process(name)

    def wait(self, name: str) -> None:
        """Return when the process is well; raise UserError with its last log lines if it is not."""
        process = self.processes[name]
        failure = f"The {process.title} did not become well"
        self.wait_until(name, process.healthy, failure, process.patience)

    def wait_until(self, name: str, well: Callable[[], bool], failure: str, seconds: float) -> None:
        """Return when `well` says so; raise UserError(failure, …) after so many seconds.

        A process that crashes again and again is not waited for.
        """
        process = self.processes[name]
        until = time.monotonic() + seconds
        pids: set[int | None] = {None}
        while True:
            pid = self.pid(name)
            pids.add(pid)
            if pid and well():
                return
            if len(pids) > CRASHES + 1:
                raise UserError(self._failed(process, f"{failure}: it ended {CRASHES} times"))
            if time.monotonic() > until:
                raise UserError(self._failed(process, f"{failure} within {seconds:.0f} s"))
            time.sleep(LOOK_SECONDS)

    def _failed(self, process: Process, failure: str) -> str:
        files = process.log_files(self.settings.state / "logs")
        if not files:
            return f"{failure}, and it has written no log."
        lines = last_lines(files[0], LAST_LINES)
        places = " and ".join(str(file) for file in files)
        return "\n  ".join([f"{failure}; its log is {places}, which ends:", *lines])

    def pid(self, name: str) -> int | None:
        """Process id, None when it does not run."""
        for process in self.supervisor.information():
            if process["name"] == name:
                return int(process["pid"]) or None
        return None

    def running(self) -> list[str]:
        """Names of the processes that run."""
        return [process["name"] for process in self.supervisor.information() if process["pid"]]

    def stop(self) -> int:
        """End every process, those that others need last; returns how many there were."""
        there = os_processes.belonging(self.settings.state)
        supervisor = self.supervisor.pid()
        for base in (False, True):
            names = [name for name in self.running() if self.processes[name].base is base]
            for name in names:
                self.supervisor.stop_process(name)
            self._wait_for_end(names)
        if supervisor:
            self.supervisor.shut_down()
            os_processes.wait(supervisor)
        # What a killed supervisor left behind.
        os_processes.end(os_processes.belonging(self.settings.state), seconds=10)
        return len(there)

    def _wait_for_end(self, names: list[str]) -> None:
        longest = max((self.processes[name].stop_seconds for name in names), default=0)
        until = time.monotonic() + longest + 5
        while set(names) & set(self.running()) and time.monotonic() < until:
            time.sleep(LOOK_SECONDS)
