"""`up`: start the stack, or its missing services, until the dashboard shows live inventory."""

import csv
import fcntl
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import partial

from rich.console import Console

from connect.errors import UserError
from connect.settings import Settings
from stack import class_archives, ports, state_folder
from stack.progress_steps import Steps
from stack.runtime import Stack
from stack.services import local, processes
from stack.services import ports as ports_of

PYTHONS = ((3, 11), (3, 12))
LIVE_LEVEL_SECONDS = 120.0


def up(settings: Settings, console: Console) -> None:
    """Start all services; return when a new movement has been read back and the dashboard answers.

    Without simulation, when all are healthy. Raises UserError, after stopping all services, if one
    does not become healthy.
    """
    check_python(sys.version_info[:2])
    stack = Stack(settings)
    with _alone(stack):
        running = stack.running()
        if running and (different := stack.differences()):
            raise UserError(
                f"The stack runs with other settings ({', '.join(different)}): "
                f"run `make down` first."
            )
        if needless := [name for name in running if name not in stack.names]:
            console.print(f"Stopping {', '.join(needless)}: nothing is left for it to do.")
            stack.end(needless)
        if not set(stack.names) - set(running):
            console.print("The stack runs already.")
            print_addresses(settings, console)
            return
        if running:
            missing = [name for name in stack.names if name not in running]
            console.print(f"Some services run; starting {', '.join(missing)}.")
        else:
            stack.stop()  # ends orphans of a killed supervisor, which hold the ports
            ports.check(settings.host, ports_of(settings, stack.names))
        _start(stack, console)
    print_addresses(settings, console)


def start_base(settings: Settings, console: Console) -> None:
    """Start broker and registry, where the settings name no others, and nothing else.

    Does nothing if services run. Raises UserError if one does not become healthy.
    """
    names = [name for name in local(settings) if processes(settings)[name].base]
    stack = Stack(settings, names)
    with _alone(stack):
        if not names or stack.running():
            return
        stack.stop()
        ports.check(settings.host, ports_of(settings, names))
        stack.fetch(console)
        stack.open()
        for name in names:
            stack.start(name)
        for name in names:
            stack.wait(name)


def check_python(version: tuple[int, ...]) -> None:
    """Raise UserError for a Python version that PyFlink does not support."""
    if version not in PYTHONS:
        supported = " or ".join(".".join(map(str, known)) for known in PYTHONS)
        raise UserError(
            f"This is Python {'.'.join(map(str, version))} and PyFlink needs {supported}: "
            f"run `make up PYTHON=python3.12`."
        )


def _start(stack: Stack, console: Console) -> None:
    class_archives.create_folder(stack.settings.state)
    steps = Steps(console)
    started = datetime.now(UTC)
    try:
        steps.run("Java artifacts", lambda: stack.fetch(console), own_progress=True)
        steps.run("supervisor", stack.open)
        base = [name for name in stack.names if stack.processes[name].base]
        for name in base:
            stack.start(name)
        for name in base:
            steps.run(stack.processes[name].title, partial(stack.wait, name))
        # Its imports fill the time in which the registry works alone.
        stack.start("dashboard")
        if stack.settings.administers_users:
            folder = str(stack.settings.secret_files.folder)
            steps.run("users", lambda: _require_success(stack, "contracts", "users", folder))
        steps.run("topics and schemas", lambda: _require_success(stack, "contracts", "apply"))
        if "alerts" in stack.names:
            steps.run("targets of alerts", lambda: _require_success(stack, "alerts", "check"))
        if "gate" in stack.names:
            # The gate creates the topics that the job reads.
            stack.start("gate")
            steps.run("gate", lambda: stack.wait("gate"))
        for name in stack.names:
            stack.start(name)
        steps.run("Flink job", lambda: stack.wait("job"))
        if "simulate" in stack.names:
            steps.run("live level read back", lambda: _wait_for_level(stack, started))
        steps.run("read model", lambda: stack.wait("views"))
        steps.run("dashboard", lambda: stack.wait("dashboard"))
    except KeyboardInterrupt:
        stack.stop()
        raise UserError("Interrupted: all started services have been stopped.") from None
    except BaseException:
        console.print("Stopping the started services")
        stack.stop()
        raise
    steps.print_table()


def _require_success(stack: Stack, *command: str) -> None:
    done = stack.run(*command)
    if done.returncode:
        message = (done.stderr or done.stdout).strip().removeprefix("Error: ")
        raise UserError(message or f"`python -m {' '.join(command)}` failed without a message.")


def _wait_for_level(stack: Stack, since: datetime) -> None:
    """Wait until a level has moved since a time: the job has then worked off what was sent before.

    The simulator sends its history first.
    """

    def read_back() -> bool:
        done = stack.run("dashboard.export")
        lines = csv.DictReader(done.stdout.splitlines())
        return any(datetime.fromisoformat(line["last_movement_at"]) > since for line in lines)

    failure = "No inventory level that has moved since the start could be read back"
    stack.wait_until("job", read_back, failure, LIVE_LEVEL_SECONDS)


def print_addresses(settings: Settings, console: Console) -> None:
    known = processes(settings)
    for name in reversed(local(settings)):
        if known[name].address:
            console.print(f"{known[name].title:16} {known[name].address}", highlight=False)
    if settings.secured:
        console.print(f"{'passwords':16} {settings.secret_files.folder}", highlight=False)


@contextmanager
def _alone(stack: Stack) -> Iterator[None]:
    """Lock the state folder for one `up`; handle SIGTERM like Ctrl-C."""
    state = stack.settings.state
    state_folder.create(state)
    try:
        lock = (state / "up.lock").open("w")
    except OSError as error:
        raise state_folder.not_writable(state, error) from None
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise UserError(
                "Another `make up` runs on this state folder: wait for its end."
            ) from None
        before = signal.signal(signal.SIGTERM, signal.default_int_handler)
        try:
            yield
        finally:
            signal.signal(signal.SIGTERM, before)
