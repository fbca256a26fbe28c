"""A mapping as the text of a TOML file."""

import json
import re
from collections.abc import Iterable, Iterator
from typing import Any

BARE = re.compile(r"[\w-]+", re.ASCII)


def rendered(entries: dict[str, Any], comments: Iterable[str]) -> str:
    """Write a mapping. comments: lines before it."""
    return "\n".join([*(f"# {comment}" for comment in comments), *_lines(entries, "")]) + "\n"


def _lines(table: dict[str, Any], path: str) -> Iterator[str]:
    """Write the values of a table, then its tables. path: its name, with a dot behind it."""
    tables = {
        name: value if isinstance(value, list) else [value]
        for name, value in table.items()
        if isinstance(value, dict) or (isinstance(value, list) and isinstance(value[0], dict))
    }
    for name, value in table.items():
        if name not in tables:
            yield f"{_name(name)} = {_value(value)}"
    for name, several in tables.items():
        title = f"[[{path}{name}]]" if isinstance(table[name], list) else f"[{path}{_name(name)}]"
        for each in several:
            yield from ("", title, *_lines(each, f"{path}{name}."))


def _name(name: str) -> str:
    return name if BARE.fullmatch(name) else json.dumps(name, ensure_ascii=False)


def _value(value: Any) -> str:
    """Write SQL, which is full of quotes, as it is."""
    if isinstance(value, str) and re.search('["\n]', value) and "'''" not in value:
        if "\n" in value:
            return f"'''\n{value}'''"
        return f"'''{value}'''" if "'" in value else f"'{value}'"
    return json.dumps(value, ensure_ascii=False)
