"""Conversion of batches to records: the mapping, compiled into one function for each field.

Each function converts a whole column, so that the mapping is not looked up for each line.
"""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from producers.replay import numbers
from producers.replay.identity import Identities
from producers.replay.mapping import Column, ColumnProduct, Constant, Mapping, RowNumber, Rule
from producers.replay.mapping_file import STAMPED
from producers.replay.parsing import is_empty, parser
from producers.replay.row_batch import Batch
from schemas.record import Field, Record

Fill = Callable[[Batch], Sequence[Any]]
"""Function of a batch that returns the values of one field, and rejects lines without one."""


class Conversion:
    """Converts batches, which must come in the order of the file.

    stamp: recorded_at of every line, unless the mapping has a rule for it; oldest: with such a
    rule, lines recorded earlier are rejected, as repeats of them are no longer recognised.
    """

    def __init__(self, mapping: Mapping, stamp: datetime | None, oldest: datetime | None) -> None:
        self._record_type = mapping.record_type
        self._fills = {
            field.name: self._fill(mapping, field, stamp)
            for field in mapping.record_type.FIELDS
            if field.name in mapping.rules or not field.has_default
        }
        if STAMPED in mapping.rules and oldest is not None:
            self._fills[STAMPED] = _recorded_since(oldest, self._fills[STAMPED])

    def records(self, batch: Batch) -> list[Record | None]:
        """Return a record for each line, not validated; None for a rejected line."""
        columns = [fill(batch) for fill in self._fills.values()]
        names, failed = tuple(self._fills), batch.failed
        make: Callable[..., Record] = self._record_type
        rows = zip(*columns, strict=True)
        if not failed:
            return [make(**dict(zip(names, row, strict=True))) for row in rows]
        return [
            None if index in failed else make(**dict(zip(names, row, strict=True)))
            for index, row in enumerate(rows)
        ]

    def _fill(self, mapping: Mapping, field: Field, stamp: datetime | None) -> Fill:
        if field.name == "event_id":
            return Identities(mapping).of
        rule: Rule = mapping.rules.get(
            field.name, Constant(stamp if field.name == STAMPED else None)
        )
        match rule:
            case Constant(value):
                return lambda batch: [value] * len(batch.lines)
            case Column(name, format):
                parse = parser(field, format, mapping.zone, mapping.decimal_comma)
                return lambda batch: _parsed(batch, field.name, name, parse)
            case ColumnProduct(left, right):
                return _product(field, left, right, mapping.decimal_comma)
            case RowNumber(columns):
                return _numbering(columns)


def _parsed(batch: Batch, field: str, column: str, parse: Callable[[Any], Any]) -> list[Any]:
    values = batch.column(column)
    try:
        return list(map(parse, values))
    except ValueError:
        pass  # some line is bad: find it
    results = []
    for index, value in enumerate(values):
        try:
            results.append(parse(value))
        except ValueError as error:
            batch.failed.setdefault(index, f"{field}: {error} (column {column!r})")
            results.append(None)
    return results


def _product(field: Field, left: str, right: str, comma: bool) -> Fill:
    def fill(batch: Batch) -> list[Any]:
        results: list[Any] = []
        pairs = zip(batch.column(left), batch.column(right), strict=True)
        for index, (first, second) in enumerate(pairs):
            result = None
            if not (field.nullable and (is_empty(first) or is_empty(second))):
                try:
                    exact = numbers.number(first, comma) * numbers.number(second, comma)
                    result = (
                        numbers.integer(exact, comma)
                        if field.type != "decimal"
                        else numbers.round_to(exact, field.scale)
                    )
                except ValueError as error:
                    batch.failed.setdefault(
                        index, f"{field.name}: {error} (columns {left!r} and {right!r})"
                    )
            results.append(result)
        return results

    return fill


def _numbering(columns: tuple[str, ...]) -> Fill:
    """Keep every combination of the columns' values, about 200 bytes each."""
    last: dict[tuple[Any, ...], int] = {}

    def fill(batch: Batch) -> list[int]:
        numbers = []
        for key in zip(*map(batch.column, columns), strict=True):
            number = last[key] = last.get(key, 0) + 1
            numbers.append(number)
        return numbers

    return fill


def _recorded_since(oldest: datetime, fill: Fill) -> Fill:
    def checked(batch: Batch) -> Sequence[Any]:
        values = fill(batch)
        for index, value in enumerate(values):
            if value is not None and value < oldest:
                batch.failed.setdefault(
                    index,
                    f"{STAMPED}: {value} is longer ago than the job recognises repeats: it might "
                    "be counted twice",
                )
        return values

    return checked
