"""Progress bars on standard error for a person at a terminal; silent in a log."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import (
    BarColumn,
    Progress,
    ProgressColumn,
    SpinnerColumn,
    Task,
    TaskProgressColumn,
    TextColumn,
    TimeElapsedColumn,
)
from rich.text import Text

UPDATE_EVERY = 1_000
"""Items between two updates of a bar, as an update costs more than an item."""


class Rate(ProgressColumn):
    """Items done, and items a second since the start.

    A task's field `items` counts them where its total is of something else, such as bytes.
    """

    def __init__(self, unit: str) -> None:
        super().__init__()
        self._unit = unit

    def render(self, task: Task) -> Text:
        items = int(task.fields.get("items", task.completed))
        return Text(f"{items:>12,} {self._unit} {items / (task.elapsed or 1):>9,.0f} /s")


def bar(unit: str) -> Progress:
    """Build a bar for work of a known size."""
    return _progress(BarColumn(), TaskProgressColumn(), Rate(unit))


def counter(unit: str) -> Progress:
    """Build a running counter for work without a known end."""
    return _progress(SpinnerColumn(), Rate(unit))


@contextmanager
def counting(description: str, total: int, unit: str = "records") -> Iterator[Callable[[], None]]:
    """Show a bar for `total` items; the function that it yields is called once for each."""
    every = UPDATE_EVERY if total > UPDATE_EVERY else 1
    done = 0
    with bar(unit) as progress:
        task = progress.add_task(description, total=total)

        def advance() -> None:
            nonlocal done
            done += 1
            if done % every == 0:
                progress.update(task, completed=done)

        yield advance
        progress.update(task, completed=total)


@contextmanager
def waiting(description: str) -> Iterator[None]:
    """Show a spinner."""
    with _console().status(description):
        yield


def _progress(*columns: ProgressColumn) -> Progress:
    console = _console()
    return Progress(
        TextColumn("{task.description}"),
        *columns,
        TimeElapsedColumn(),
        console=console,
        disable=not console.is_terminal,
    )


def _console() -> Console:
    return Console(stderr=True)
