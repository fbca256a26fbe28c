"""On which line of a contract's file something stands."""

import re
from collections.abc import Iterator
from json import JSONDecoder

SPACE = re.compile(r"\s*")
DECODER = JSONDecoder()


def line_of(text: str, attribute: str, field: str | None = None) -> int:
    """The line, counted from 1, of a record's attribute, or of one of its fields.

    The text is JSON, an object; what is not there is put on the line of what it would stand in.
    """
    places = dict(_members(text, 0))
    if field is not None and "fields" in places:
        for place, value in _items(text, places["fields"]):
            if isinstance(value, dict) and value.get("name") == field:
                return _line(text, place)
        return _line(text, places["fields"])
    return _line(text, places.get(attribute, 0))


def _members(text: str, start: int) -> Iterator[tuple[str, int]]:
    """(name, where its value begins) of an object's members."""
    at = _past(text, start)
    while text[at] in "{,":
        begin = _past(text, at + 1)
        if text[begin] == "}":
            return
        name, at = DECODER.raw_decode(text, begin)
        value = _past(text, _past(text, at) + 1)
        yield name, value
        at = _past(text, DECODER.raw_decode(text, value)[1])


def _items(text: str, start: int) -> Iterator[tuple[int, object]]:
    """(where it begins, value) of a list's items."""
    at = start
    while text[at] in "[,":
        begin = _past(text, at + 1)
        if text[begin] == "]":
            return
        value, at = DECODER.raw_decode(text, begin)
        yield begin, value
        at = _past(text, at)


def _past(text: str, at: int) -> int:
    found = SPACE.match(text, at)
    return found.end() if found else at


def _line(text: str, at: int) -> int:
    return text.count("\n", 0, at) + 1
