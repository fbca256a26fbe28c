"""Loading of a mapping from its TOML file."""

import codecs
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from connect.errors import UserError
from producers.replay.expressions import expression
from producers.replay.mapping import RECORD_TYPES, TYPES, EventMapping, Layout, Mapping, fields

STAMPED = "recorded_at"
"""The field that the replay sets when the mapping does not."""
IDENTITY: dict[str, Any] = {"source": "", "event_id": [], "identical_lines": ""}
"""Entries that every event needs, and facts do not; with values that are refused."""
NAMES = {
    str: "text",
    list: "a list",
    bool: "true or false",
    dict: "a table",
    int: "a whole number",
}
OWN_TABLES = ("file", "named", "proposals", "batch", "valid_events")
Entries = dict[str, Any]


class Entry(NamedTuple):
    """An entry that a table may have."""

    type: type
    expected: str = ""
    """Words for its values, if not all of the type are right."""
    read: Callable[[Any], Any] = lambda value: value
    """Conversion; raises ValueError, LookupError or OSError for another value."""


def _require(is_right: Callable[[Any], bool]) -> Callable[[Any], Any]:
    def read(value: Any) -> Any:
        if not is_right(value):
            raise ValueError
        return value

    return read


def _names(entry: list[Any]) -> tuple[str, ...]:
    if not entry or not all(isinstance(each, str) for each in entry):
        raise ValueError
    return tuple(entry)


def _encoding(entry: str) -> str:
    "".encode(entry)  # not so by codecs of bytes, such as hex
    return codecs.lookup(entry).name


TEXT = {
    "encoding": Entry(str, 'a text encoding such as "utf-8" or "cp1252"', _encoding),
    "delimiter": Entry(
        str,
        'one character such as ";"',
        _require(lambda text: len(text) == 1 and text not in '"\r\n'),
    ),
    "columns": Entry(list, "a list of column names", _names),
    "skip": Entry(int, "a number of lines", _require(lambda lines: lines >= 0)),
}
PART = {"part": Entry(str)}
SECOND_FILE = TEXT | PART | {"path": Entry(str)}
EVENT = {
    "contract": Entry(str, f"one of {', '.join(RECORD_TYPES)}", RECORD_TYPES.__getitem__),
    "source": Entry(
        str,
        "a name of the export's origin, without a colon, that begins every event_id",
        _require(lambda source: source and ":" not in source),
    ),
    "event_id": Entry(list, "a list of column names", _names),
    "identical_lines": Entry(
        str,
        '"repeats" (lines that agree in all columns of event_id are one event) or "distinct" '
        "(they are several, numbered in order)",
        {"repeats": False, "distinct": True}.__getitem__,
    ),
    "where": Entry(str),
    "fields": Entry(dict),
}
FILE = PART | {
    "time_zone": Entry(str, 'a name of the IANA database such as "Europe/Berlin"', ZoneInfo),
    "decimal_comma": Entry(bool),
    "csv": Entry(dict),
    "columns": Entry(dict),
    "join": Entry(str),
    "files": Entry(dict),
    "events": Entry(
        list,
        "one or more tables [[events]]",
        _require(lambda events: events and all(isinstance(each, dict) for each in events)),
    ),
}


def load_mapping(path: Path) -> Mapping:
    """Load and check a mapping. Raises UserError for its first error."""
    try:
        return parse_mapping(path, path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise UserError(f"The mapping {path} cannot be read: {error.strerror}.") from None
    except UnicodeDecodeError:
        raise UserError(f"The mapping {path} is not UTF-8, as TOML is.") from None


def parse_mapping(path: Path, text: str) -> Mapping:
    """Check the text of a mapping, whose files are named from path. Raises UserError likewise."""
    try:
        return _mapping(path, tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        raise UserError(f"The mapping {path} is not TOML: {error}.") from None
    except RecursionError:
        raise UserError(f"The mapping {path} is nested too deeply.") from None
    except ValueError as error:
        raise UserError(f"The mapping {path}: {error}.") from None


def _mapping(path: Path, entries: Entries) -> Mapping:
    if "events" in entries:
        values = _read(entries, FILE, "")
        events = [
            _event(each, f"events[{number}].")
            for number, each in enumerate(values["events"], start=1)
        ]
    else:
        own = {name: entries.pop(name) for name in EVENT if name in entries}
        values = _read(entries, FILE | EVENT, "")
        events = [_event(own, "")]
    sources = [event.source for event in events if event.event_id]
    for source in sources:
        if sources.count(source) > 1:
            raise ValueError(
                f"source: {source!r} stands in two [[events]]: give each its own, as one line "
                "can be an event of both, and an event_id is unique over all topics"
            )
    return Mapping(
        path=path,
        events=tuple(events),
        zone=values.get("time_zone"),
        decimal_comma=values.get("decimal_comma"),
        layout=Layout(**_read(values.get("csv", {}), TEXT, "csv."), part=values.get("part", "*")),
        columns=_expressions(values.get("columns", {}), "columns."),
        join=values.get("join", ""),
        files={
            name: _second_file(path.parent, name, entry)
            for name, entry in values.get("files", {}).items()
        },
    )


def _read(entries: Entries, table: dict[str, Entry], prefix: str) -> Entries:
    """Convert the entries of a table. Raises ValueError for the first that is wrong."""
    values = {}
    for name, value in entries.items():
        if name in EVENT and "events" in entries:
            raise ValueError(f"{name} stands in each of [[events]], not above them")
        if name not in table:
            raise ValueError(f"{prefix}{name} is not an entry; entries are: {', '.join(table)}")
        entry = table[name]
        if type(value) is not entry.type:
            raise ValueError(f"{prefix}{name}: expected {NAMES[entry.type]}, got {value!r}")
        try:
            values[name] = entry.read(value)
        except (ValueError, LookupError, OSError):
            raise ValueError(f"{prefix}{name}: expected {entry.expected}, got {value!r}") from None
    return values


def _event(entries: Entries, prefix: str) -> EventMapping:
    """Convert an event, with a contract of its own."""
    record_type = _read({"contract": entries.get("contract", "")}, EVENT, prefix)["contract"]
    known = fields(record_type)
    if "event_id" in known:
        entries = IDENTITY | entries
    else:
        entries = {name: entry for name, entry in entries.items() if name not in IDENTITY}
    values = _read(entries, EVENT, prefix)
    mapped = values.get("fields", {})
    for name in mapped:
        where = f"{prefix}fields.{name}"
        if name not in known or name == "event_id":
            expected = ", ".join(other for other in known if other != "event_id")
            contract = entries["contract"]
            raise ValueError(f"{where} is not a field of {contract}; fields are: {expected}")
        if known[name].type not in TYPES:
            raise ValueError(f"{where}: the type {known[name].type} cannot come from a file")
    for name, declared in known.items():
        if not (name in mapped or declared.has_default or name in ("event_id", STAMPED)):
            raise ValueError(
                f"{prefix}fields.{name} is missing: add the name of a column, or an expression"
            )
    return EventMapping(
        record_type=record_type,
        source=values.get("source", ""),
        event_id=values.get("event_id", ()),
        distinct=values.get("identical_lines", False),
        where=values.get("where", "true"),
        fields=_expressions(mapped, f"{prefix}fields."),
    )


def _expressions(entries: Entries, prefix: str) -> dict[str, str]:
    return {name: expression(entry, prefix + name) for name, entry in entries.items()}


def _second_file(folder: Path, name: str, entry: Any) -> tuple[Path, Layout]:
    if not isinstance(entry, dict) or not isinstance(entry.get("path"), str):
        raise ValueError(f'files.{name}: expected {{path = "…"}}, got {entry!r}')
    if name.casefold() in OWN_TABLES:
        raise ValueError(f"files.{name}: the replay has a table of that name: choose another")
    values = _read(entry, SECOND_FILE, f"files.{name}.")
    return folder / values.pop("path"), Layout(**values)
