"""A file of JSON objects, one a line or all in one list, as lines of text."""

import json
from collections.abc import Iterator
from functools import partial
from typing import Any

from connect.errors import UserError
from producers.replay.csv_lines import Line
from producers.replay.file_kind import start_of, text_encoding
from producers.replay.header import Header, named_once
from producers.replay.part import Expected, Part
from producers.replay.text_table import batches
from producers.replay.unpack import Unpacked


def json_part(file: Unpacked, expected: Expected) -> Part:
    """Open JSON Lines, of which an object's number is its line, or a list, of which it is counted.

    The columns are the names of all objects. A nested value is a text in JSON, for DuckDB's `->>`.
    """
    as_text = partial(_text, comma=bool(expected.comma))
    names: dict[str, None] = {}
    for _, value in _values(file):
        names |= dict.fromkeys(value if isinstance(value, dict) else ())
    if not names:
        raise UserError(
            f"{file.name} is JSON, but neither JSON Lines, with an object on each line, nor a list "
            "of objects: write its rows so."
        )

    def lines() -> Iterator[Line]:
        for number, value in _values(file):
            if isinstance(value, dict):
                yield Line(number, [as_text(value.get(name)) for name in names])
            else:
                problem = 'expected a JSON object such as {"sku": "A1"}'
                yield Line(number, [as_text(value)], problem, (str(as_text(value)),))

    header = Header(named_once(names), 0)
    return Part(
        name=file.name,
        title=file.title,
        form="JSON",
        columns=header.columns,
        batches=batches(lines(), header, expected.needed),
    )


def _values(file: Unpacked) -> Iterator[tuple[int, Any]]:
    start = start_of(file.path)
    encoding = text_encoding(start, None)
    with file.path.open(encoding=encoding, errors="replace") as text:
        if start.decode(encoding, "replace").lstrip().startswith("["):
            whole = _parsed(text.read())
            if isinstance(whole, str):
                raise UserError(
                    f"{file.name} is JSON that is cut off or damaged: get the file again."
                )
            yield from enumerate(whole, start=1)
            return
        for number, line in enumerate(text, start=1):
            if line.strip():
                yield number, _parsed(line)


def _text(value: Any, comma: bool) -> str | None:
    match value:
        case _Number():
            return value.replace(".", ",") if comma else str(value)
        case None | str():
            return value
        case bool():
            return str(value).lower()
    return json.dumps(value, ensure_ascii=False)


class _Number(str):
    """A number as it is written: a Decimal has not every exponent, and 1e5 would be 1E+5."""


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Return an object. Raises ValueError if it has two values of one name."""
    values = dict(pairs)
    if len(values) != len(pairs):
        raise ValueError
    return values


def _parsed(text: str) -> Any:
    """Return the value; text that is not JSON as it is."""
    try:
        return json.loads(text, parse_float=_Number, parse_int=_Number, object_pairs_hook=_object)
    except (ValueError, RecursionError):
        return text.strip()
