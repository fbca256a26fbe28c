"""How far the work has got, for a person at a terminal; silent in a log."""

from rich.console import Console
from rich.progress import (
    BarColumn,
    Progress,
    SpinnerColumn,
    Task,
    TaskProgressColumn,
    TextColumn,
    TimeElapsedColumn,
)
from rich.text import Text


class Speed(TextColumn):
    """Lines done, and lines a second since the start."""

    def __init__(self) -> None:
        super().__init__("")

    def render(self, task: Task) -> Text:
        lines = int(task.fields.get("lines", task.completed))
        return Text(f"{lines:>12,} lines {lines / (task.elapsed or 1):>9,.0f} /s")


def bar() -> Progress:
    """A bar for work of a known size; its field `lines` is what Speed shows."""
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        TaskProgressColumn(),
        Speed(),
        TimeElapsedColumn(),
        console=_console(),
        disable=not _console().is_terminal,
    )


def counter() -> Progress:
    """A running number for work without an end."""
    return Progress(
        SpinnerColumn(),
        TextColumn("{task.description}"),
        Speed(),
        TimeElapsedColumn(),
        console=_console(),
        disable=not _console().is_terminal,
    )


def _console() -> Console:
    return Console(stderr=True)
