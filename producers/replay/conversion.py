"""Conversion of evaluated expressions to records, driven by the contract's fields.

Each function converts a whole column, so that the mapping is not looked up for each line.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any

import pyarrow as pa
from pyarrow import compute

from producers.replay.arrow_values import values
from producers.replay.mapping import EventMapping, Mapping
from producers.replay.mapping_file import STAMPED
from producers.replay.numbers import Rounded
from producers.replay.parsing import CACHE_SIZE, Parse, parser, text
from producers.replay.proposals import (
    Proposals,
    Sql,
    failed,
    identity_of,
    is_event,
    place_of,
    value_of,
)
from producers.replay.row_batch import Batch, Proposed, Rounding
from producers.replay.target_contract import fields
from schemas.record import Record

pc: Any = compute
Known = Callable[[int, str], str | None]
"""Function of a line's number and its event_id without the number of its repetition; returns the
event_id under which an earlier replay rejected it."""


@dataclass(slots=True)
class Converted:
    """The lines of a batch that are events of one mapping."""

    proposed: list[Proposed]
    roundings: list[Rounding] = field(default_factory=list)

    def reject(self, index: int, problem: str) -> None:
        self.proposed[index].problem = self.proposed[index].problem or problem


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
        self._parsers: dict[str, Parse] = {
            value_of(number, name): parser(declared, mapping.zone, mapping.decimal_comma)
            for number, event in enumerate(mapping.events)
            for name, declared in fields(event.record_type).items()
            if name in event.fields
        }

    def convert(self, rows: pa.RecordBatch, now: datetime) -> Batch:
        """Return the events of a batch. now: recorded_at of lines without an expression for it."""
        of_events: list[Converted] = []
        is_bad = pc.is_valid(rows["file_problem"])
        events = pc.and_(is_bad, False)
        for number, event in enumerate(self._mapping.events):
            name = is_event(number)
            where = pc.fill_null(rows[name], False)
            if failed(name) in rows.schema.names:
                where = pc.or_(where, rows[failed(name)])
            # A line that cannot be read may be of any kind, and is rejected once.
            chosen = pc.or_(where, is_bad) if number == 0 else pc.and_(where, pc.invert(is_bad))
            events = pc.or_(events, chosen)
            of_events.append(self._events(number, event, rows.filter(chosen), now))
        proposed = [each for one in of_events for each in one.proposed]
        if len(of_events) > 1:
            proposed.sort(key=lambda each: each.row)
        return Batch(
            lines=rows.num_rows,
            proposed=proposed,
            filtered=rows.num_rows - (pc.sum(events).as_py() or 0),
            roundings=[each for one in of_events for each in one.roundings],
        )

    def _events(
        self, number: int, event: EventMapping, rows: pa.RecordBatch, now: datetime
    ) -> Converted:
        own = zip(*(values(rows[name]) for name in OWN), strict=True)
        converted = Converted(
            [
                Proposed(row, line, place or "", event, "", None, problem or "")
                for row, line, place, problem in own
            ]
        )
        if any(each.distinct for each in self._mapping.events):
            self._place(rows, converted)
        self._check_where(number, event, rows, converted)
        if event.event_id:
            self._identify(number, event, rows, converted)
        columns: dict[str, list[Any]] = {}
        for name, declared in fields(event.record_type).items():
            if name == "event_id":
                columns[name] = [each.event_id for each in converted.proposed]
            elif name in event.fields:
                columns[name] = self._values(value_of(number, name), name, rows, converted)
            elif name == STAMPED:
                columns[name] = [now] * rows.num_rows
            elif not declared.has_default:
                columns[name] = [None] * rows.num_rows
        if STAMPED in event.fields and self._oldest is not None:
            _check_recorded(self._oldest, columns[STAMPED], converted)
        make: Callable[..., Record] = event.record_type
        names = tuple(columns)
        for each, row in zip(converted.proposed, zip(*columns.values(), strict=True), strict=True):
            if not each.problem:
                each.record = make(**dict(zip(names, row, strict=True)))
        return converted

    def _place(self, rows: pa.RecordBatch, converted: Converted) -> None:
        ones = ["1"] * rows.num_rows
        places = [
            map(str, values(rows[place_of(number)])) if event.distinct else ones
            for number, event in enumerate(self._mapping.events)
        ]
        for each, of_line in zip(converted.proposed, zip(*places, strict=True), strict=True):
            each.place = each.place or "/".join(of_line)

    def _check_where(
        self, number: int, event: EventMapping, rows: pa.RecordBatch, converted: Converted
    ) -> None:
        for index in _failures(is_event(number), rows):
            converted.reject(index, f"where: {event.where} fails")

    def _identify(
        self, number: int, event: EventMapping, rows: pa.RecordBatch, converted: Converted
    ) -> None:
        parts = [
            list(map(_escaped, values(rows[identity_of(number, place)])))
            for place in range(len(event.event_id))
        ]
        for each, identity in zip(converted.proposed, zip(*parts, strict=True), strict=True):
            event_id = f"{event.source}:{':'.join(identity)}"
            if event.distinct:
                known = self._known(each.line, event_id) if self._known else None
                place = each.place.split("/")[number : number + 1]
                repeated = "" if place in ([], ["1"], [""]) else f":{place[0]}"
                event_id = known or event_id + repeated
            each.event_id = event_id

    def _values(
        self, column: str, name: str, rows: pa.RecordBatch, converted: Converted
    ) -> list[Any]:
        parse, sql, held = self._parsers[column], self._sql[column], values(rows[column])
        try:
            results = list(map(parse, held))
        except ValueError:
            results = [_parsed(parse, value) for value in held]
            for index, result in enumerate(results):
                if isinstance(result, ValueError):
                    converted.reject(index, f"{name}: {result}{_origin(sql)}")
        for index in _failures(column, rows):
            converted.reject(index, f"{name}: expected a value, got nothing{_origin(sql)}")
        if Rounded in set(map(type, results)):
            for index, result in enumerate(results):
                if type(result) is Rounded:
                    results[index] = Decimal(result)
                    each = converted.proposed[index]
                    if not each.problem:
                        rounding = Rounding(name, each.line, held[index], result)
                        converted.roundings.append(rounding)
        return results


OWN = ("file_row", "file_line", "file_place", "file_problem")


def _failures(column: str, rows: pa.RecordBatch) -> list[int]:
    """Return the places of the rows for which the expression of a column fails."""
    name = failed(column)
    return pc.indices_nonzero(rows[name]).to_pylist() if name in rows.schema.names else []


def _parsed(parse: Parse, value: Any) -> Any:
    try:
        return parse(value)
    except ValueError as error:
        return error


def _origin(sql: Sql) -> str:
    return f" (column {sql.column!r})" if sql.column else f" from {sql.written}"


@lru_cache(CACHE_SIZE, typed=True)
def _escaped(value: Any) -> str:
    """Escape colons, so that ("a:b", "c") and ("a", "b:c") differ; no value gives ""."""
    if value is None:
        return ""
    return text(value).replace("%", "%25").replace(":", "%3A")


def _check_recorded(oldest: datetime, recorded: list[Any], converted: Converted) -> None:
    for index, value in enumerate(recorded):
        if isinstance(value, datetime) and value < oldest:
            converted.reject(
                index,
                f"{STAMPED}: {value} is longer ago than the job recognises repeats: it might be "
                "counted twice",
            )
