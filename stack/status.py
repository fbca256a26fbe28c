"""The status table of the services."""

import re
import time
from collections import Counter
from pathlib import Path

from rich.console import Console
from rich.table import Table

from connect.process_memory import family_memory
from connect.read_progress import read_progress
from connect.safe_text import for_terminal
from connect.standstill import standstills
from stack.health import obstacle, part_state
from stack.process import Process
from stack.runtime import Stack

SPAWNED = re.compile(r"spawned: '([^']+)' with pid")
BEGUN = "supervisord started with pid"


def print_status(stack: Stack, console: Console) -> bool:
    """Print a line for each service of `make up`; return True if all of them are healthy."""
    states = {state["name"]: state for state in stack.supervisor.information()}
    starts = _starts(stack.settings.state / "logs" / "supervisord.log")
    table = Table("service", "state", "pid", "up", "memory", "restarts", box=None, pad_edge=False)
    table.add_column("address", overflow="fold")
    table.add_column("status port")
    shown = [
        name for name in stack.processes if name in stack.names or states.get(name, {}).get("pid")
    ]
    memory = family_memory()
    working: set[str] = set()
    lines: list[str] = []
    for name in shown:
        process, state = stack.processes[name], states.get(name)
        if not state or not state["pid"]:
            word = state["statename"].lower() if state else part_state(stack.settings, name)
            if word == "ready":
                working.add(name)
            table.add_row(name, word, "", "", "", "", process.address, _port(process))
            continue
        word = state["statename"].lower()
        sentences = standstills(stack.settings, name)
        lines += [f"{name}: {sentence}" for sentence in sentences]
        if name == "views" and (progress := read_progress(stack.settings)) is not None:
            lines.append(f"The {process.title} {progress.sentence}.")
        if not process.healthy():
            word = "not healthy"
            if not sentences and (sentence := obstacle(stack.settings, name)):
                lines.append(f"{name}: {sentence}")
        elif sentences:
            word = "stands still"
        elif word == "running":
            working.add(name)
        table.add_row(
            name,
            word,
            str(state["pid"]),
            _duration(time.time() - state["start"]),
            f"{memory(state['pid']) / 1e6:,.0f} MB",
            str(max(starts[name] - 1, 0)),
            process.address,
            _port(process),
        )
    console.print(table)
    for line in lines:
        console.print(for_terminal(line), highlight=False, markup=False)
    return working >= set(stack.names)


def _port(process: Process) -> str:
    return str(process.status_port or "")


def _starts(log: Path) -> Counter[str]:
    """Starts of each service since supervisord started."""
    counts: Counter[str] = Counter()
    if not log.exists():
        return counts
    for line in log.read_text(errors="replace").splitlines():
        if BEGUN in line:
            counts.clear()
        elif spawned := SPAWNED.search(line):
            counts[spawned[1]] += 1
    return counts


def _duration(seconds: float) -> str:
    minutes, second = divmod(int(seconds), 60)
    hours, minute = divmod(minutes, 60)
    return f"{hours}:{minute:02}:{second:02}"
