"""Conversion of evaluated expressions to records, driven by the contract's fields.

Each function converts a whole column, so that the mapping is not looked up for each line.
"""

from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from itertools import repeat
from typing import Any

import pyarrow as pa
from pyarrow import compute

from producers.replay.arrow_values import composed, values
from producers.replay.mapping import EventMapping, Mapping, fields
from producers.replay.mapping_file import STAMPED
from producers.replay.numbers import Rounded
from producers.replay.parsing import Parse, parser, text
from producers.replay.proposals import (
    Proposals,
    identity_of,
    is_event,
    problem_of,
    repetition_of,
    value_of,
)
from producers.replay.row_batch import Batch, Proposed, Rounding
from schemas import column_check
from schemas.record import Record, records_of
from schemas.violations import ContractViolationError

pc: Any = compute
Known = Callable[[int, str], str | None]
"""Function of a line's number and its event_id without the number of its repetition; returns the
event_id under which an earlier replay rejected it."""
Problems = dict[int, str]
"""First reason for which a line is rejected, by its place in a batch."""


class Conversion:
    """Converts batches.

    oldest: if a mapping has an expression for recorded_at, lines recorded earlier are rejected, as
    repeats of them are no longer recognised. known: of a file of rejects without places.
    """

    def __init__(
        self, mapping: Mapping, proposals: Proposals, oldest: datetime | None, known: Known | None
    ) -> None:
        self._mapping = mapping
        self._sql = proposals.sql
        self._oldest = oldest
        self._known = known
        self._roundings: list[Rounding] = []
        self._parsers: dict[str, Parse] = {
            value_of(number, name): parser(declared, mapping.zone, mapping.decimal_comma)
            for number, event in enumerate(mapping.events)
            for name, declared in fields(event.record_type).items()
            if name in event.fields
        }

    def convert(self, rows: pa.RecordBatch, now: datetime) -> Batch:
        """Return the events of a batch. now: recorded_at of lines without an expression for it."""
        self._roundings = []
        proposed: list[Proposed] = []
        for number, event in enumerate(self._mapping.events):
            chosen: Any = rows[is_event(number)]
            proposed += self._events(number, event, rows.filter(chosen), now)
        if len(self._mapping.events) > 1:
            proposed.sort(key=lambda each: each.row)
        others = rows.filter(pc.invert(rows["is_event"]))
        return Batch(
            lines=rows.num_rows,
            proposed=proposed,
            filtered=others.num_rows,
            excluded=[
                excluded
                for number, event in enumerate(self._mapping.events)
                if event.event_id
                for excluded in zip(
                    values(others["file_line"]),
                    self._event_ids(number, event, others),
                    strict=True,
                )
            ],
            roundings=self._roundings,
        )

    def _events(
        self, number: int, event: EventMapping, rows: pa.RecordBatch, now: datetime
    ) -> list[Proposed]:
        numbers, lines, places = (values(rows[f"file_{name}"]) for name in ("row", "line", "place"))
        event_ids = [""] * len(lines)
        if event.event_id:
            event_ids = self._event_ids(number, event, rows)
        problems = {
            index: problem
            for index, problem in enumerate(values(rows[problem_of(number)]))
            if problem
        }
        columns: dict[str, list[Any]] = {}
        different: list[Any]
        are_valid = True
        for name, declared in fields(event.record_type).items():
            if name == "event_id":
                columns[name] = different = event_ids
            elif name in event.fields:
                columns[name], different = self._values(number, name, rows, problems)
            elif name == STAMPED:
                columns[name], different = [now] * len(lines), [now]
            else:
                continue
            are_valid = are_valid and column_check.all_valid(declared, different)
        if self._oldest is not None and STAMPED in event.fields:
            _check_recorded(self._oldest, columns[STAMPED], problems)
        records = records_of(event.record_type, columns, len(lines))
        for index, record in enumerate(() if are_valid else records):
            if index not in problems:
                try:
                    record.validate()
                except ContractViolationError as violation:
                    problems[index] = self._in_words(violation, number, record)
        for index in problems:
            records[index] = None
        reasons = map(problems.get, range(len(lines)), repeat(""))
        return [
            Proposed(
                row, line, place, event, event_id, record, reason, "rejected" if reason else "sent"
            )
            for row, line, place, event_id, record, reason in zip(
                numbers, lines, places, event_ids, records, reasons, strict=True
            )
        ]

    def _event_ids(self, number: int, event: EventMapping, rows: pa.RecordBatch) -> list[str]:
        parts = [_escaped(rows[identity_of(number, n)]) for n in range(len(event.event_id))]
        ids: list[str] = values(pc.binary_join_element_wise(event.source, *parts, ":"))
        if not event.distinct:
            return ids
        known = self._known or (lambda _line, _event_id: None)
        lines, repetitions = values(rows["file_line"]), values(rows[repetition_of(number)])
        return [
            known(line, event_id) or event_id + repetition
            for line, event_id, repetition in zip(lines, ids, repetitions, strict=True)
        ]

    def _values(
        self, number: int, name: str, rows: pa.RecordBatch, problems: Problems
    ) -> tuple[list[Any], list[Any]]:
        """Return the values of a field, and the different ones among them: each is parsed once."""
        column = value_of(number, name)
        encoded = rows[column].dictionary_encode("encode")
        parse, held = self._parsers[column], values(encoded.dictionary)
        places = values(encoded.indices)
        try:
            different = list(map(parse, held))
        except ValueError:
            different = [_parsed(parse, value) for value in held]
            for index, place in enumerate(places):
                if isinstance(error := different[place], ValueError):
                    problems.setdefault(index, f"{name}: {error}{self._sql[column].origin}")
        if Rounded in set(map(type, different)):
            lines = values(rows["file_line"])
            for index, place in enumerate(places):
                if type(different[place]) is Rounded and index not in problems:
                    rounding = Rounding(name, lines[index], held[place], different[place])
                    self._roundings.append(rounding)
            different = [Decimal(each) if type(each) is Rounded else each for each in different]
        return list(map(different.__getitem__, places)), different

    def _in_words(self, violation: ContractViolationError, number: int, record: Record) -> str:
        """Return what a field expects, where its value comes from, and of numbers what to do."""
        name = violation.field
        declared = fields(self._mapping.events[number].record_type).get(name)
        column = self._sql.get(value_of(number, name))
        origin = column.origin if column else ""
        value = getattr(record, name)
        if declared is None or declared.type != "decimal" or value is None:
            return f"{violation}{origin}"
        bound = "" if declared.limits.minimum is None else f" of {declared.limits.minimum} or more"
        null = ", or null," if declared.nullable else ""
        return (
            f"{name}: expected a number{bound} with at most {declared.precision - declared.scale} "
            f"digits before the point, got {value}{origin}: write an expression in the "
            f"mapping{null} for such lines, or exclude them by where"
        )


def _parsed(parse: Parse, value: Any) -> Any:
    try:
        return parse(value)
    except ValueError as error:
        return error


def _escaped(column: Any) -> Any:
    """Escape colons, so that ("a:b", "c") and ("a", "b:c") differ; no value gives ""."""
    if pa.types.is_integer(column.type):
        column = column.cast(pa.string())
    elif not pa.types.is_string(column.type):
        held = (None if value is None else text(value) for value in values(column))
        column = pa.array(held, pa.string())
    column = composed(pc.utf8_trim_whitespace(pc.fill_null(column, "")))
    for character, escape in (("%", "%25"), (":", "%3A")):
        column = pc.replace_substring(column, character, escape)
    return column


def _check_recorded(oldest: datetime, recorded: list[Any], problems: Problems) -> None:
    for index, value in enumerate(recorded):
        if isinstance(value, datetime) and value < oldest:
            problems.setdefault(
                index,
                f"{STAMPED}: {value} is longer ago than the job recognises repeats: it might be "
                "counted twice",
            )
