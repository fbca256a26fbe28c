"""Expressions of a mapping: names of columns, SQL, and the short forms for it."""

import json
from collections.abc import Iterator
from datetime import date, datetime
from functools import cache
from typing import Any

import duckdb

Config = dict[str, str | bool | int | float | list[str]]
LINE = "file_line"
"""Column with the number of a line in its file, for ORDER BY."""
PART = "file_part"
"""Column with the name of the sheet, or of the file, in which a line stands."""
OFFLINE: Config = {"autoinstall_known_extensions": "false", "autoload_known_extensions": "false"}
"""Settings with which DuckDB downloads nothing."""
EPOCHS = {"epoch_s": 1_000_000, "epoch_ms": 1_000, "epoch_us": 1}
"""Formats of numbers since 1970-01-01 UTC, and their unit in microseconds."""


def expression(entry: Any, name: str) -> str:
    """Return the expression of an entry of a mapping. Raises ValueError."""
    match entry:
        case str(text) if text.strip():
            return text
        case {"column": str(column), "format": str(format), **rest} if not rest:
            return time_in_format(quoted(column), format, name)
        case {"column": str(column), **rest} if not rest:
            return column
        case {"constant": value, **rest} if not rest:
            return literal(value)
        case {"product": [str(left), str(right)], **rest} if not rest:
            return f"number({quoted(left)}) * number({quoted(right)})"
        case {"number_within": [str(first), *others], **rest} if not rest:
            columns = ", ".join(quoted(str(column)) for column in (first, *others))
            return f"row_number() OVER (PARTITION BY {columns} ORDER BY {LINE})"
    raise ValueError(
        f"{name}: expected the name of a column, an SQL expression, {{column = …}} (of times also "
        "format = …), {constant = …}, {product = [two columns]} or {number_within = [columns]}, "
        f"got {entry!r}"
    )


def quoted(name: str) -> str:
    """Quote a name for SQL."""
    return '"' + name.replace('"', '""') + '"'


def literal(value: Any) -> str:
    """Write a value of TOML as a literal of SQL."""
    if isinstance(value, int | float):
        return str(value)
    text = value.isoformat() if isinstance(value, date | datetime) else str(value)
    return "'" + text.replace("'", "''") + "'"


def references(sql: str) -> tuple[str, ...]:
    """Return the names of columns in an expression; what is none is a name, as one with blanks."""
    return tuple(dict.fromkeys(names[-1] for names in _columns(sql)))


def own_references(sql: str) -> set[str]:
    """Return the names of columns but those of second files, likewise."""
    return {names[-1] for names in _columns(sql) if names[:-1] in ([], ["file"])} - {LINE, PART}


def is_single(sql: str) -> bool:
    """Return False for SQL with several values, as `*`, or text that ends its parenthesis."""
    try:
        node = parsed(sql)["statements"][0]["node"]
    except ValueError:
        return True
    selected = node["select_list"]
    return len(selected) == 1 and selected[0]["class"] != "STAR"


@cache
def _columns(sql: str) -> tuple[list[str], ...]:
    try:
        return tuple(column_names(parsed(sql)))
    except ValueError:
        return ([sql],)


@cache
def parsed(sql: str) -> Any:
    """Return the syntax tree of an expression. Raises ValueError when it is no expression."""
    query = "SELECT json_serialize_sql(?)"
    row = _parser().execute(query, [f"SELECT ({sql}\n)"]).fetchone()
    assert row is not None
    tree = json.loads(row[0])
    if tree["error"] or len(tree["statements"]) != 1:
        raise ValueError(tree.get("error_message", "more than one statement"))
    return tree


@cache
def _parser() -> duckdb.DuckDBPyConnection:
    return duckdb.connect(config=OFFLINE)


def nodes(tree: Any) -> Iterator[dict[str, Any]]:
    """Yield each node of a syntax tree."""
    if isinstance(tree, dict):
        yield tree
        tree = list(tree.values())
    if isinstance(tree, list):
        for child in tree:
            yield from nodes(child)


def column_names(tree: Any) -> list[list[str]]:
    """Return the parts of the name of each column in a syntax tree."""
    return [node["column_names"] for node in nodes(tree) if node.get("class") == "COLUMN_REF"]


def time_in_format(column: str, format: str, name: str) -> str:
    """Return the expression that reads times. Raises ValueError, which names the entry."""
    if format == "iso":
        return column
    if format == "excel":
        return f"excel_time({column})"
    if format in EPOCHS:
        return f"make_timestamptz(CAST(round(number({column}) * {EPOCHS[format]}) AS BIGINT))"
    if "%" not in format:
        raise ValueError(
            f'{name}: expected "iso", "epoch_s", "epoch_ms" or a pattern such as '
            f'"%d.%m.%Y %H:%M", got "{format}"'
        )
    if "%b" in format:
        column = f"english_date({column})"
    return f"strptime(am_pm({column}), {literal(format)})"
