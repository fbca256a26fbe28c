"""How far the audit has got, for a person at a terminal; silent in a log."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich import progress
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn
from rich.text import Text

EVERY = 1_000
"""Records between two updates of the bar, which cost more than a record."""


class _Speed(TextColumn):
    def __init__(self) -> None:
        super().__init__("")

    def render(self, task: progress.Task) -> Text:
        speed = task.completed / (task.elapsed or 1)
        return Text(f"{task.fields['unit']} {speed:>9,.0f} /s")


class Progress:
    """One bar after another on standard error."""

    def __init__(self) -> None:
        self._console = Console(stderr=True)

    @contextmanager
    def waiting(self, what: str) -> Iterator[None]:
        with self._console.status(what):
            yield

    @contextmanager
    def counting(
        self, what: str, total: int, unit: str = "records"
    ) -> Iterator[Callable[[], None]]:
        """A bar for `total` of something; call what it gives once for each."""
        bar = progress.Progress(
            TextColumn("{task.description:<26}"),
            BarColumn(),
            MofNCompleteColumn(),
            _Speed(),
            TimeElapsedColumn(),
            console=self._console,
            disable=not self._console.is_terminal,
        )
        with bar:
            task = bar.add_task(what, total=total, unit=unit)
            every = EVERY if unit == "records" else 1
            done = 0

            def further() -> None:
                nonlocal done
                done += 1
                if done % every == 0:
                    bar.update(task, completed=done)

            yield further
            bar.update(task, completed=total)
