"""Loading of a mapping from its TOML file."""

import codecs
import tomllib
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from connect.errors import UserError
from producers.replay import times
from producers.replay.mapping import Column, ColumnProduct, Constant, Mapping, RowNumber, Rule
from producers.replay.parsing import parser
from producers.replay.target_contract import RECORD_TYPES, TYPES, fields
from schemas.record import Field

IDENTICAL = {"repeats": False, "distinct": True}
ENTRIES: dict[str, Any] = {
    "contract": str,
    "source": str,
    "event_id": list,
    "identical_lines": str,
    "time_zone": str,
    "decimal_comma": bool,
    "csv": dict,
    "fields": dict,
}
CSV_ENTRIES: dict[str, Any] = {"encoding": str, "delimiter": str, "columns": list}
STAMPED = "recorded_at"
"""The field that the replay sets when the mapping does not."""


def load_mapping(path: Path) -> Mapping:
    """Load and check a mapping. Raises UserError for its first error."""
    try:
        return _mapping(path, tomllib.loads(path.read_text(encoding="utf-8")))
    except OSError as error:
        raise UserError(f"The mapping {path} cannot be read: {error.strerror}.") from None
    except UnicodeDecodeError:
        raise UserError(f"The mapping {path} is not UTF-8, as TOML is.") from None
    except tomllib.TOMLDecodeError as error:
        raise UserError(f"The mapping {path} is not TOML: {error}.") from None
    except ValueError as error:
        raise UserError(f"The mapping {path}: {error}.") from None


def _mapping(path: Path, entries: dict[str, Any]) -> Mapping:
    _check_entries(entries, ENTRIES, "")
    csv = entries.get("csv", {})
    _check_entries(csv, CSV_ENTRIES, "csv.")
    name = entries.get("contract")
    if name not in RECORD_TYPES:
        raise ValueError(f"contract: expected one of {', '.join(RECORD_TYPES)}, got {name!r}")
    zone = _zone(entries["time_zone"]) if "time_zone" in entries else None
    comma = entries.get("decimal_comma", False)
    known = fields(RECORD_TYPES[name])
    identified = "event_id" in known
    rules = {}
    for field, entry in entries.get("fields", {}).items():
        if field not in known or field == "event_id":
            expected = ", ".join(other for other in known if other != "event_id")
            raise ValueError(f"fields.{field} is not a field of {name}; fields are: {expected}")
        try:
            rules[field] = _rule(known[field], entry, zone)
        except ValueError as error:
            raise ValueError(f"fields.{field}: {error}") from None
    _check_complete(known, rules)
    return Mapping(
        path=path,
        record_type=RECORD_TYPES[name],
        source=_source(entries) if identified else "",
        event_id=_columns(entries.get("event_id"), "event_id") if identified else (),
        distinct=_distinct(entries) if identified else False,
        rules=rules,
        zone=zone,
        decimal_comma=comma,
        encoding=_encoding(csv.get("encoding", "utf-8")),
        delimiter=_delimiter(csv.get("delimiter", ",")),
        columns=_columns(csv["columns"], "csv.columns") if "columns" in csv else (),
    )


def _check_entries(entries: dict[str, Any], known: dict[str, Any], prefix: str) -> None:
    for name, value in entries.items():
        if name not in known:
            raise ValueError(f"{prefix}{name} is not an entry; entries are: {', '.join(known)}")
        if type(value) is not known[name]:
            names = {str: "text", list: "a list", bool: "true or false", dict: "a table"}
            raise ValueError(f"{prefix}{name}: expected {names[known[name]]}, got {value!r}")


def _check_complete(known: dict[str, Field], rules: dict[str, Rule]) -> None:
    for name, field in known.items():
        if not (name in rules or field.has_default or name in ("event_id", STAMPED)):
            raise ValueError(
                f'fields.{name} is missing: add {{column = "…"}}, {{constant = …}}, '
                "{product = [two columns]} or {number_within = [columns]}"
            )


def _rule(field: Field, entry: Any, zone: ZoneInfo | None) -> Rule:
    if field.type not in TYPES:
        raise ValueError(f"a field of type {field.type} cannot come from a file")
    type_name = TYPES[field.type]
    match entry:
        case {"column": str(name), "format": str(format), **rest} if not rest:
            if type_name != "time":
                raise ValueError(f"a format is for times; this is {type_name}")
            times.check_format(format)
            return Column(name, format)
        case {"column": str(name), **rest} if not rest:
            return Column(name)
        case {"constant": value, **rest} if not rest:
            return Constant(parser(field, times.ISO, zone, comma=False)(value))
        case {"product": [str(left), str(right)], **rest} if not rest:
            if type_name not in ("decimal", "integer"):
                raise ValueError(f"a product is a number; this is {type_name}")
            return ColumnProduct(left, right)
        case {"number_within": list(columns), **rest} if not rest:
            if type_name != "integer":
                raise ValueError(f"a row number is a whole number; this is {type_name}")
            return RowNumber(_columns(columns, "number_within"))
    raise ValueError(
        'expected {column = "…"} (of times also format = "…"), {constant = …}, '
        f"{{product = [two columns]}} or {{number_within = [columns]}}, got {entry!r}"
    )


def _source(entries: dict[str, Any]) -> str:
    source = entries.get("source", "")
    if not source or ":" in source:
        raise ValueError(
            "source: expected a name of the export's origin, without a colon, that begins every "
            f"event_id, got {source!r}"
        )
    return str(source)


def _columns(entry: Any, name: str) -> tuple[str, ...]:
    if not isinstance(entry, list) or not entry or not all(isinstance(c, str) for c in entry):
        raise ValueError(f"{name}: expected a list of column names, got {entry!r}")
    return tuple(entry)


def _distinct(entries: dict[str, Any]) -> bool:
    choice = entries.get("identical_lines", "")
    if choice not in IDENTICAL:
        raise ValueError(
            'identical_lines: expected "repeats" (lines that agree in all columns of event_id are '
            f'one event) or "distinct" (they are several, numbered in order), got {choice!r}'
        )
    return IDENTICAL[choice]


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (OSError, ValueError, KeyError):
        raise ValueError(
            f'time_zone: expected a name of the IANA database such as "Europe/Berlin", got "{name}"'
        ) from None


def _encoding(name: str) -> str:
    try:
        encoding = codecs.lookup(name).name
    except LookupError:
        raise ValueError(
            f'csv.encoding: expected a text encoding such as "utf-8" or "cp1252", got "{name}"'
        ) from None
    # Spreadsheets write a byte order mark, which is not part of the first column's name.
    return "utf-8-sig" if encoding == "utf-8" else encoding


def _delimiter(text: str) -> str:
    if len(text) != 1 or text in '"\r\n':
        raise ValueError(f'csv.delimiter: expected one character such as ";", got {text!r}')
    return text
