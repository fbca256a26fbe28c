"""Line numbers of attributes and fields in a contract file."""

import re
from collections.abc import Iterator
from functools import lru_cache
from json import JSONDecoder

SPACE = re.compile(r"\s*")
DECODER = JSONDecoder()
TOKEN = re.compile(r'(?P<text>"(?:[^"\\]|\\.)*")(?P<colon>\s*:)?|[{}]')
"""A text, an attribute's name, or a brace."""


def line_of(text: str, attribute: str, field: str | None = None) -> int:
    """Return the line, from 1, of a record's attribute or of one of its fields.

    text: a JSON object. A missing attribute or field has the line of its container.
    """
    attributes, fields = _lines(text)
    if field is not None and "fields" in attributes:
        return fields.get(field, attributes["fields"])
    return attributes.get(attribute, line_at(text, 0))


def line_of_number(text: str, number: int) -> int:
    """Return the line of a record's field by its number in the file, from 0."""
    places = [place for place, _ in _items(text, dict(_members(text, 0))["fields"])]
    return line_at(text, places[number])


@lru_cache(maxsize=8)
def _lines(text: str) -> tuple[dict[str, int], dict[str, int]]:
    """Return the lines of a record's attributes and of its fields, by name."""
    places, fields = dict(_members(text, 0)), dict[str, int]()
    for place, value in _items(text, places["fields"]) if "fields" in places else ():
        if isinstance(value, dict) and isinstance(value.get("name"), str):
            fields.setdefault(value["name"], line_at(text, place))
    return {name: line_at(text, place) for name, place in places.items()}, fields


def repeated_attribute(text: str) -> tuple[str, int] | None:
    """Return (name, line) of the first attribute that its object has twice, or None.

    text: a JSON document.
    """
    holders: list[set[str]] = []
    for token in TOKEN.finditer(text):
        if token[0] == "{":
            holders.append(set())
        elif token[0] == "}":
            holders.pop()
        elif token["colon"]:
            name = DECODER.decode(token["text"])
            if name in holders[-1]:
                return name, line_at(text, token.start())
            holders[-1].add(name)
    return None


def _members(text: str, start: int) -> Iterator[tuple[str, int]]:
    """Yield (name, offset of the value) of an object's members."""
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
    """Yield (offset, value) of a list's items."""
    at = start
    while text[at] in "[,":
        begin = _past(text, at + 1)
        if text[begin] == "]":
            return
        value, at = DECODER.raw_decode(text, begin)
        yield begin, value
        at = _past(text, at)


def _past(text: str, at: int) -> int:
    match = SPACE.match(text, at)
    return match.end() if match else at


def line_at(text: str, at: int) -> int:
    """Return the line, from 1, of an offset."""
    return text.count("\n", 0, at) + 1
