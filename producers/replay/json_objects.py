"""A file of JSON objects, one a line or all in one list, as lines of text."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from connect.errors import UserError
from producers.replay.csv_lines import Line
from producers.replay.file_kind import start_of, text_encoding
from producers.replay.header import Header, named_once


class JsonFile:
    """Reads JSON Lines, of which an object's number is its line, or a list, of which it is counted.

    The columns are the names of all objects. A nested value is a text in JSON, for DuckDB's `->>`.
    """

    encoding = "utf-8"
    form = "JSON"
    is_rejects = False
    start = b""

    def __init__(self, name: str, path: Path, comma: bool | None) -> None:
        """comma: numbers are written with a decimal comma, as the mapping reads them."""
        self._name = name
        self._path = path
        self._comma = bool(comma)
        start = start_of(path)
        self._encoding = text_encoding(start, None)
        self._is_list = start.decode(self._encoding, "replace").lstrip().startswith("[")
        columns: dict[str, None] = {}
        for _, value in self._values():
            columns |= dict.fromkeys(value if isinstance(value, dict) else ())
        if not columns:
            raise UserError(
                f"{name} is JSON, but neither JSON Lines, with an object on each line, nor a list "
                "of objects: write its rows so."
            )
        self._names = tuple(columns)
        self.header = Header(named_once(columns), 0)

    def lines(self) -> Iterator[Line]:
        """Yield the objects; what is no object is a bad line."""
        for number, value in self._values():
            if isinstance(value, dict):
                cells = [self._text(value.get(name)) for name in self._names]
                yield Line(number, cells)
            else:
                problem = 'expected a JSON object such as {"sku": "A1"}'
                yield Line(number, [self._text(value)], problem, (str(self._text(value)),))

    def _values(self) -> Iterator[tuple[int, Any]]:
        with self._path.open(encoding=self._encoding, errors="replace") as text:
            if self._is_list:
                yield from enumerate(self._whole(text.read()), start=1)
                return
            for number, line in enumerate(text, start=1):
                if line.strip():
                    yield number, _parsed(line)

    def _whole(self, text: str) -> list[Any]:
        value = _parsed(text)
        if isinstance(value, str):
            raise UserError(f"{self._name} is JSON that is cut off or damaged: get the file again.")
        return list(value)

    def _text(self, value: Any) -> str | None:
        match value:
            case None | str():
                return value
            case _Number():
                return value.text.replace(".", ",") if self._comma else value.text
            case bool():
                return str(value).lower()
        return json.dumps(value, ensure_ascii=False, default=lambda number: number.text)


class _Number:
    """A number as it is written."""

    def __init__(self, text: str) -> None:
        self.text = text


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
