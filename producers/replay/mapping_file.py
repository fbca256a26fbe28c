"""Loading of a mapping from its TOML file."""

import codecs
import tomllib
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from connect.errors import UserError
from producers.replay.expressions import expression
from producers.replay.mapping import EventMapping, Layout, Mapping
from producers.replay.target_contract import RECORD_TYPES, TYPES, fields

Entries = dict[str, Any]
STAMPED = "recorded_at"
"""The field that the replay sets when the mapping does not."""
IDENTICAL = {"repeats": False, "distinct": True}
TEXT: dict[str, type] = {"encoding": str, "delimiter": str, "columns": list, "skip": int}
LAYOUT = TEXT | {"part": str}
EVENT: dict[str, type] = {
    "contract": str,
    "source": str,
    "event_id": list,
    "identical_lines": str,
    "where": str,
    "fields": dict,
}
FILE: dict[str, type] = {
    "time_zone": str,
    "decimal_comma": bool,
    "csv": dict,
    "part": str,
    "columns": dict,
    "join": str,
    "files": dict,
    "events": list,
}
NAMES = {
    str: "text",
    list: "a list",
    bool: "true or false",
    dict: "a table",
    int: "a whole number",
}


def load_mapping(path: Path) -> Mapping:
    """Load and check a mapping. Raises UserError for its first error."""
    try:
        return parse_mapping(path, path.read_text(encoding="utf-8"))
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
    except ValueError as error:
        raise UserError(f"The mapping {path}: {error}.") from None


def _mapping(path: Path, entries: Entries) -> Mapping:
    several = "events" in entries
    _check(entries, FILE if several else FILE | EVENT, "")
    if several:
        events = [
            _event(event, f"events[{number}].")
            for number, event in enumerate(_tables(entries["events"]), start=1)
        ]
    else:
        own = {name: value for name, value in entries.items() if name in EVENT}
        events = [_event(own, "")]
    sources = [event.source for event in events if event.event_id]
    for source in sources:
        if sources.count(source) > 1:
            raise ValueError(
                f"source: {source!r} stands in two [[events]]: give each its own, as one line "
                "can be an event of both, and an event_id is unique over all topics"
            )
    columns = entries.get("columns", {})
    return Mapping(
        path=path,
        events=tuple(events),
        zone=_zone(entries["time_zone"]) if "time_zone" in entries else None,
        decimal_comma=entries.get("decimal_comma"),
        layout=_layout(entries.get("csv", {}), "csv.", entries.get("part", "*")),
        columns={name: expression(entry, f"columns.{name}") for name, entry in columns.items()},
        join=entries.get("join", ""),
        files={
            name: _second_file(path.parent, name, entry)
            for name, entry in entries.get("files", {}).items()
        },
    )


def _check(entries: Entries, known: dict[str, type], prefix: str) -> None:
    for name, value in entries.items():
        if name not in known:
            raise ValueError(f"{prefix}{name} is not an entry; entries are: {', '.join(known)}")
        if type(value) is not known[name]:
            raise ValueError(f"{prefix}{name}: expected {NAMES[known[name]]}, got {value!r}")


def _tables(entry: list[Any]) -> list[Entries]:
    if not entry or not all(isinstance(each, dict) for each in entry):
        raise ValueError(f"events: expected one or more tables [[events]], got {entry!r}")
    return entry


def _event(entries: Entries, prefix: str) -> EventMapping:
    _check(entries, EVENT, prefix)
    name = entries.get("contract")
    if name not in RECORD_TYPES:
        raise ValueError(
            f"{prefix}contract: expected one of {', '.join(RECORD_TYPES)}, got {name!r}"
        )
    known = fields(RECORD_TYPES[name])
    mapped: dict[str, str] = {}
    for field, entry in entries.get("fields", {}).items():
        where = f"{prefix}fields.{field}"
        if field not in known or field == "event_id":
            expected = ", ".join(other for other in known if other != "event_id")
            raise ValueError(f"{where} is not a field of {name}; fields are: {expected}")
        if known[field].type not in TYPES:
            raise ValueError(f"{where}: the type {known[field].type} cannot come from a file")
        mapped[field] = expression(entry, where)
    for field, declared in known.items():
        if not (field in mapped or declared.has_default or field in ("event_id", STAMPED)):
            raise ValueError(
                f"{prefix}fields.{field} is missing: add the name of a column, or an expression"
            )
    identified = "event_id" in known
    return EventMapping(
        record_type=RECORD_TYPES[name],
        source=_source(entries, prefix) if identified else "",
        event_id=_names(entries.get("event_id"), f"{prefix}event_id") if identified else (),
        distinct=_distinct(entries, prefix) if identified else False,
        where=entries.get("where", "true"),
        fields=mapped,
    )


def _second_file(folder: Path, name: str, entry: Any) -> tuple[Path, Layout]:
    prefix = f"files.{name}."
    if not isinstance(entry, dict) or not isinstance(entry.get("path"), str):
        raise ValueError(f'files.{name}: expected {{path = "…"}}, got {entry!r}')
    own = {key: value for key, value in entry.items() if key != "path"}
    _check(own, LAYOUT, prefix)
    return folder / entry["path"], _layout(own, prefix, own.pop("part", "*"))


def _layout(entries: Entries, prefix: str, part: str) -> Layout:
    _check(entries, TEXT, prefix)
    delimiter = entries.get("delimiter")
    if delimiter is not None and (len(delimiter) != 1 or delimiter in '"\r\n'):
        raise ValueError(
            f'{prefix}delimiter: expected one character such as ";", got {delimiter!r}'
        )
    if entries.get("skip", 0) < 0:
        raise ValueError(f"{prefix}skip: expected a number of lines, got {entries['skip']}")
    columns = entries.get("columns")
    return Layout(
        encoding=_encoding(entries["encoding"], prefix) if "encoding" in entries else None,
        delimiter=delimiter,
        columns=() if columns is None else _names(columns, f"{prefix}columns"),
        skip=entries.get("skip"),
        part=part,
    )


def _source(entries: Entries, prefix: str) -> str:
    source = entries.get("source", "")
    if not source or ":" in source:
        raise ValueError(
            f"{prefix}source: expected a name of the export's origin, without a colon, that begins "
            f"every event_id, got {source!r}"
        )
    return str(source)


def _names(entry: Any, name: str) -> tuple[str, ...]:
    if not isinstance(entry, list) or not entry or not all(isinstance(c, str) for c in entry):
        raise ValueError(f"{name}: expected a list of column names, got {entry!r}")
    return tuple(entry)


def _distinct(entries: Entries, prefix: str) -> bool:
    choice = entries.get("identical_lines", "")
    if choice not in IDENTICAL:
        raise ValueError(
            f'{prefix}identical_lines: expected "repeats" (lines that agree in all columns of '
            'event_id are one event) or "distinct" (they are several, numbered in order), got '
            f"{choice!r}"
        )
    return IDENTICAL[choice]


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (OSError, ValueError, KeyError):
        raise ValueError(
            f'time_zone: expected a name of the IANA database such as "Europe/Berlin", got "{name}"'
        ) from None


def _encoding(name: str, prefix: str) -> str:
    try:
        return codecs.lookup(name).name
    except LookupError:
        raise ValueError(
            f'{prefix}encoding: expected a text encoding such as "utf-8" or "cp1252", got "{name}"'
        ) from None
