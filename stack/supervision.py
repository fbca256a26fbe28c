"""supervisord: configuration, start, shutdown and calls.

supervisord restarts the services, rotates their logs and stops them with their children. Its
socket is accessible to this user only.
"""

import hashlib
import os
import re
import stat
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from shlex import join
from typing import Any, cast
from xmlrpc.client import Error as RpcError
from xmlrpc.client import Fault, ServerProxy

from supervisor.xmlrpc import SupervisorTransport

from connect.errors import UserError
from stack.process import PROJECT, Process

SOCKET_BYTES = 90
"""Unix allows about 104; supervisord appends its pid while it creates the socket."""
START_SECONDS = 60
COMMENT = re.compile(r"\s[#;]")
LOG_BYTES = "20MB"
LOG_COPIES = 3

HEAD = """\
[supervisord]
directory = {project}
logfile = {state}/logs/supervisord.log
logfile_maxbytes = 5MB
logfile_backups = 1
pidfile = {state}/supervisord.pid
childlogdir = {state}/logs

[unix_http_server]
file = {socket}
chmod = 0700

[rpcinterface:supervisor]
supervisor.rpcinterface_factory = supervisor.rpcinterface:make_main_rpcinterface
"""

# startretries: a crashed service is always restarted, one second later after each failure.
PROGRAM = """
[program:{name}]
command = {command}
environment = {environment}
priority = {priority}
autostart = false
autorestart = true
startsecs = 3
startretries = 1000000
stopasgroup = true
killasgroup = true
stopwaitsecs = {stop_seconds}
redirect_stderr = true
stdout_logfile = {logs}/{name}.log
stdout_logfile_maxbytes = {log_bytes}
stdout_logfile_backups = {log_copies}
"""


def socket_path(state: Path) -> Path:
    """supervisord's socket: in the state folder, or in a temporary one if that path is too long."""
    inside = state / "supervisor.sock"
    if len(os.fsencode(inside)) <= SOCKET_BYTES:
        return inside
    name = hashlib.sha256(os.fsencode(state)).hexdigest()[:12]
    folder = Path(tempfile.gettempdir()) / f"inventory-{os.getuid()}-{name}"
    folder.mkdir(mode=0o700, exist_ok=True)
    status = folder.lstat()
    private = stat.S_ISDIR(status.st_mode) and status.st_uid == os.getuid()
    if not private or status.st_mode & 0o077:
        raise UserError(f"{folder} is not a private folder of yours: remove it and run again.")
    return folder / "s.sock"


def configuration(state: Path, processes: list[Process]) -> str:
    """The text of supervisord.conf; lower priorities start first and stop last."""
    values = {"state": _plain(state), "project": _plain(PROJECT)}
    text = HEAD.format(socket=_plain(socket_path(state)), **values)
    for number, process in enumerate(processes):
        text += PROGRAM.format(
            name=process.name,
            command=_plain(join(process.command)),
            environment=_plain(
                ",".join(f'{name}="{value}"' for name, value in process.environment.items())
            ),
            priority=number if process.base else 100 + number,
            stop_seconds=process.stop_seconds,
            log_bytes=LOG_BYTES,
            log_copies=LOG_COPIES,
            logs=_plain(_plain(state / "logs")),  # supervisord expands this name twice
        )
    return text


def _plain(value: object) -> str:
    """The value escaped for supervisord.conf, which expands %."""
    return str(value).replace("%", "%%")


def _require_readable_paths(state: Path) -> None:
    """Raise UserError for a folder whose path supervisord would cut: it cannot be escaped."""
    for folder, remedy in (
        (state, "set INVENTORY_STATE to another folder"),
        (PROJECT, "move the project to another folder"),
    ):
        if COMMENT.search(str(folder)):
            raise UserError(
                f"The path {folder} has a blank before # or ;, where supervisord takes the rest "
                f"for a comment: {remedy}."
            )


def _reason(started: subprocess.CompletedProcess[str]) -> str:
    """Return the line that says why supervisord has ended: one more names its help."""
    lines = (started.stdout + started.stderr).strip().splitlines() or ["it wrote no output"]
    errors = [line.removeprefix("Error: ") for line in lines if line.startswith("Error: ")]
    return (errors or lines)[-1]


class Supervisor:
    """The supervisord of one state folder."""

    def __init__(self, state: Path) -> None:
        self.state = state
        self._socket = socket_path(state)

    def start(self, processes: list[Process], environment: dict[str, str]) -> None:
        """Write the configuration and start supervisord as a daemon, without starting services."""
        _require_readable_paths(self.state)
        (self.state / "logs").mkdir(parents=True, exist_ok=True)
        self._socket.unlink(missing_ok=True)
        file = self.state / "supervisord.conf"
        file.write_text(configuration(self.state, processes))
        started = subprocess.run(
            [sys.executable, "-m", "supervisor.supervisord", "-c", str(file)],
            env=environment,
            cwd=PROJECT,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
        until = time.monotonic() + START_SECONDS
        while not self.pid():
            if started.returncode or time.monotonic() > until:
                raise UserError(f"supervisord does not start: {_reason(started)}.")
            time.sleep(0.05)

    def pid(self) -> int | None:
        """supervisord's process id; None if it does not run."""
        try:
            return cast(int, self._call("getPID"))
        except (OSError, RpcError):
            return None

    def information(self) -> list[dict[str, Any]]:
        """supervisord's information on every service; empty if it does not run."""
        try:
            return cast(list[dict[str, Any]], self._call("getAllProcessInfo"))
        except (OSError, RpcError):
            return []

    def start_process(self, name: str) -> None:
        """Start a service unless it runs."""
        self._quietly("startProcess", name, False)

    def stop_process(self, name: str) -> None:
        """Send a running service SIGTERM, without waiting for its end."""
        self._quietly("stopProcess", name, False)

    def shut_down(self) -> None:
        self._quietly("shutdown")

    def _quietly(self, method: str, *arguments: Any) -> None:
        try:
            self._call(method, *arguments)
        except Fault as fault:
            if not any(word in fault.faultString for word in ("ALREADY_STARTED", "NOT_RUNNING")):
                raise UserError(f"supervisord refuses {method}: {fault.faultString}.") from None
        except OSError:
            raise UserError(
                "supervisord does not answer: run `make down`, then `make up`."
            ) from None

    def _call(self, method: str, *arguments: Any) -> Any:
        transport = SupervisorTransport(None, None, f"unix://{self._socket}")
        with ServerProxy("http://127.0.0.1", transport=transport) as server:
            return getattr(server.supervisor, method)(*arguments)
