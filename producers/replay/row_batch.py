"""Some lines of a file, by columns."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, Protocol

SIZE = 5_000
"""Lines in a batch: enough that the cost of a batch is none, little enough to stay small."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """lines: the number in the file of each line; column: its values, in the lines' order;
    original: all fields of one line (by its index) as text; failed: why a line cannot be used,
    by its index, to which whoever finds a reason adds it. The first reason stays.
    """

    lines: list[int]
    column: Callable[[str], list[Any]]
    original: Callable[[int], list[str]]
    failed: dict[int, str] = field(default_factory=dict)


class Source(Protocol):
    """A file that is being read; its methods raise UserError when it cannot go on."""

    columns: tuple[str, ...]
    """All columns, in their order."""

    @property
    def done(self) -> float:
        """How much of the file is read, from 0 to 1."""

    def batches(self) -> Iterator[Batch]:
        """The lines, once."""
