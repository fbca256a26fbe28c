"""Steps of a start: live progress, elapsed seconds and a table at the end."""

import time
from collections.abc import Callable

from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Table


class Steps:
    """Runs steps in order and records the duration of each."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._seconds: dict[str, float] = {}

    def run(self, title: str, action: Callable[[], object], *, own_progress: bool = False) -> None:
        """Run the action; with own_progress, the action displays its own progress."""
        began = time.monotonic()
        if own_progress:
            action()
        elif self._console.is_terminal:
            columns = (SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
            with Progress(*columns, console=self._console, transient=True) as progress:
                progress.add_task(title)
                action()
        else:
            self._console.print(f"{title} …")
            action()
        self._seconds[title] = time.monotonic() - began
        self._console.print(f"{title}: {self._seconds[title]:.1f} s", highlight=False)

    def print_table(self) -> None:
        table = Table("step", "seconds", box=None, pad_edge=False)
        table.columns[1].justify = "right"
        for title, seconds in self._seconds.items():
            table.add_row(title, f"{seconds:.1f}")
        table.add_row("total", f"{sum(self._seconds.values()):.1f}")
        self._console.print(table)
