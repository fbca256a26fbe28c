"""A batch of lines of a file, by columns."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, Protocol

SIZE = 5_000
"""Lines in a batch: large enough that its overhead is negligible, small in memory."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """Consecutive lines of a file."""

    lines: list[int]
    """Number of each line in the file."""
    column: Callable[[str], list[Any]]
    """Name of a column -> its values, in the order of the lines."""
    original: Callable[[int], list[str]]
    """Index of a line -> all of its fields as text."""
    failed: dict[int, str] = field(default_factory=dict)
    """Index of a rejected line -> the first reason."""


class Source(Protocol):
    """A file that is being read; its methods raise UserError when it cannot be read."""

    columns: tuple[str, ...]
    """Names of all columns, in the order of the file."""

    @property
    def done(self) -> float:
        """Share of the file that is read, from 0 to 1."""

    def batches(self) -> Iterator[Batch]:
        """Yield all lines, once."""
