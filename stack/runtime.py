"""The stack: start services, wait until they are healthy, stop them.

with Stack.on_free_ports(["kafka", "registry"]) as stack:
    ...  # stack.settings has the addresses, stack.pid("kafka") the process id
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
from connect.secret_files import write_private
from connect.settings import Settings
from stack import java, local_secrets, logs, os_processes, ports, services, state_folder
from stack.artifacts import folder
from stack.fetch import fetch
from stack.process import PROJECT, Process
from stack.supervision import Supervisor

POLL_SECONDS = 0.2
CRASHES = 3
"""Ends of a process before it is healthy after which waiting stops."""
LAST_LINES = 15
FORMER_SECONDS = 10
"""Kafka counts a member of a group that has ended for the time of its session (gate: 6 s)."""
GROUPS = {"kafka": "broker", "registry": "registry", "job": "flink", "convert": "flink"}
"""Service → the group of artifacts that it needs."""


class Stack:
    """The services of one state folder. Every method raises UserError on failure."""

    def __init__(
        self,
        settings: Settings,
        names: list[str] | None = None,
        processes: dict[str, Process] | None = None,
    ) -> None:
        """names: the services that `with` starts; default: those of `make up`.

        processes: all services by name, in start order, if they are others than the project's.
        """
        self.settings = replace(settings, state=settings.state.resolve())
        self.names = services.local(settings) if names is None else names
        self.processes = processes or services.processes(self.settings)
        self.supervisor = Supervisor(self.settings.state)
        self._settings_file = self.settings.state / "settings.json"
        self._temporary: Path | None = None
        self._log_starts: dict[str, int] = {}
        """Size of each service's log when this stack started it."""

    @classmethod
    def on_free_ports(cls, names: list[str], **changes: Any) -> Self:
        """A stack on free ports in a temporary folder, removed on exit; changes: settings."""
        host = changes.get("host", Settings().host)
        chosen: dict[str, Any] = {
            "kafka_port": ports.free(host, 2),
            "registry_port": ports.free(host, 2),
            "flink_port": ports.free(host, 2),
            "dashboard_port": ports.free(host),
            "state": Path(tempfile.mkdtemp(prefix="inventory-")),
        }
        stack = cls(Settings(**(chosen | changes)).with_secret_files(), names)
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
        error_type: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()
        if self._temporary:
            shutil.rmtree(self._temporary, ignore_errors=True)

    def fetch(self, console: Console) -> int:
        """Fetch the Java artifacts that the services need; return the bytes downloaded."""
        groups = {group for name, group in GROUPS.items() if name in self.names}
        return fetch(self.settings.state, console, groups)

    def _fetch_for(self, name: str) -> None:
        group = GROUPS.get(name)
        if group and not folder(self.settings.state, group).exists():
            fetch(self.settings.state, Console(quiet=True), [group])

    def open(self) -> None:
        """Start the supervisor unless it runs; starts no service.

        Ends orphans of a killed supervisor first.
        """
        if not self.supervisor.pid():
            os_processes.end(os_processes.belonging(self.settings.state), seconds=10)
            state_folder.create(self.settings.state)
            values = json.dumps(self.settings.environment())
            write_private(self._settings_file, values)
            if self.settings.secured:
                local_secrets.create(self.settings)
            self.supervisor.start(list(self.processes.values()), self.environment())

    def differences(self) -> list[str]:
        """Settings of the running stack that differ from the current ones, as VARIABLE=value.

        One that it does not have is written as "without VARIABLE".
        """
        now = self.settings.environment()
        then: dict[str, str] = (
            json.loads(self._settings_file.read_text()) if self._settings_file.exists() else now
        )
        return [
            f"{name}={value}" if value else f"without {name}"
            for name, value in then.items()
            if now.get(name) != value
        ]

    def environment(self) -> dict[str, str]:
        """Environment variables of every process."""
        own = {
            "JAVA_HOME": str(java.HOME),
            "PYTHONUNBUFFERED": "1",
            # The job has no Python functions; PyFlink then searches for no Python worker.
            "_python_worker_execution_mode": "process",
        }
        return dict(os.environ) | self.settings.environment() | own

    def run(self, *command: str, timeout: float | None = None) -> subprocess.CompletedProcess[str]:
        """Run a command of the project, such as "contracts", "apply", and wait for its end.

        Raises subprocess.TimeoutExpired after `timeout` seconds.
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
        """Start a service unless it runs, without waiting until it is healthy."""
        process = self.processes[name]
        if self.pid(name) is None:
            self._fetch_for(name)
            process.prepare()
            self._log_starts[name] = logs.size(self._log(process))
        self.supervisor.start_process(name)

    def restart(self, name: str) -> None:
        """Stop a service of the running stack, start it, and wait until it is healthy."""
        services.chosen(self.settings, [name])
        if not self.supervisor.pid():
            raise UserError("The stack does not run: run `make up`.")
        if different := self.differences():
            raise UserError(
                f"The stack runs with other settings ({', '.join(different)}): run `make down`, "
                "then `make up`."
            )
        self.end([name])
        self.start(name)
        self.wait(name, FORMER_SECONDS)

    def end(self, names: list[str]) -> None:
        """Stop some services, and wait for their end."""
        for name in names:
            self.supervisor.stop_process(name)
        self._wait_for_end(names)

    def wait(self, name: str, after: float = 0) -> None:
        """Wait until the service is healthy; on failure, raise UserError with its last lines.

        after: seconds from now in which its health is not judged.
        """
        process = self.processes[name]
        failure = f"The {process.title} did not become healthy"
        first = time.monotonic() + after
        self.wait_until(
            name,
            lambda: time.monotonic() >= first and process.healthy(),
            failure,
            process.patience,
        )

    def wait_until(
        self, name: str, ready: Callable[[], bool], failure: str, seconds: float
    ) -> None:
        """Wait until `ready` returns True; raise UserError(failure, …) after `seconds`.

        Waiting also ends after CRASHES crashes of the service.
        """
        process = self.processes[name]
        until = time.monotonic() + seconds
        pids: set[int | None] = {None}
        while True:
            pid = self.pid(name)
            pids.add(pid)
            if pid and ready():
                return
            if len(pids) > CRASHES + 1:
                raise UserError(self._failed(process, f"{failure}: it ended {CRASHES} times"))
            if time.monotonic() > until:
                raise UserError(self._failed(process, f"{failure} within {seconds:.0f} s"))
            time.sleep(POLL_SECONDS)

    def _failed(self, process: Process, failure: str) -> str:
        """Return the failure with the cause that stands in the log of this start first."""
        files = process.log_files(self.settings.state / "logs")
        if not files:
            return f"{failure}, and it has written no log."
        lines = logs.lines_since(files[0], self._log_starts.get(process.name, 0))
        places = " and ".join(str(file) for file in files)
        if not lines:
            return f"{failure}; it has written nothing since its start into {places}."
        cause = logs.cause(lines)
        first = [f"{process.title}: {cause}"] if cause else []
        ends = f"{failure}; its log is {places}, which ends:"
        return "\n  ".join([*first, ends, *lines[-LAST_LINES:]])

    def _log(self, process: Process) -> Path:
        """Return the file of what the process prints."""
        return self.settings.state / "logs" / f"{process.name}.log"

    def pid(self, name: str) -> int | None:
        """The service's process id; None if it does not run."""
        for process in self.supervisor.information():
            if process["name"] == name:
                return int(process["pid"]) or None
        return None

    def running(self) -> list[str]:
        """Names of the running services."""
        return [process["name"] for process in self.supervisor.information() if process["pid"]]

    def stop(self) -> int:
        """Stop every service, infrastructure last; return the number of ended processes."""
        ended = os_processes.belonging(self.settings.state)
        supervisor = self.supervisor.pid()
        for base in (False, True):
            names = [name for name in self.running() if self.processes[name].base is base]
            self.end(names)
        if supervisor:
            self.supervisor.shut_down()
            os_processes.wait(supervisor)
        # Orphans of a killed supervisor.
        os_processes.end(os_processes.belonging(self.settings.state), seconds=10)
        return len(ended)

    def _wait_for_end(self, names: list[str]) -> None:
        longest = max((self.processes[name].stop_seconds for name in names), default=0)
        until = time.monotonic() + longest + 5
        while set(names) & set(self.running()) and time.monotonic() < until:
            time.sleep(POLL_SECONDS)
