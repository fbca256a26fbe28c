"""Which names a field or a topic may have, so that Python and Flink SQL need no quoting."""

import keyword
import re
from pathlib import Path

FIELD = re.compile("[a-z][a-z0-9_]*")
TOPIC = re.compile("[a-z][a-z0-9._-]{0,248}")
RECORD = re.compile("[A-Z][A-Za-z0-9]*")
RESERVED = frozenset(
    line
    for line in (Path(__file__).parent / "flink_reserved.txt").read_text("utf-8").splitlines()
    if not line.startswith("#")
)
METHODS = ("validate", "key", "to_dict", "from_dict", "to_avro", "key_to_avro")
TAKEN = frozenset((*METHODS, "self", "str", "int", "bool", "datetime"))
"""What a generated dataclass calls its own methods and the types of its fields."""
IMPORTED = ("Any", "AnyEvent", "ClassVar", "Decimal", "EVENTS", "Field", "Self")
"""Names that the modules of the generated dataclasses use themselves."""
METADATA = ("source_topic", "source_partition", "source_offset")
"""Columns that a source's table has besides its fields."""


def table(topic: str) -> str:
    """A topic's name in letters that need no quoting in SQL."""
    return topic.replace("-", "_").replace(".", "_")


def expected_of_field(name: str, flink: str | None) -> str | None:
    """What a field's name should be instead; None when it may be as it is."""
    if not FIELD.fullmatch(name):
        return "lower-case letters, digits and _, beginning with a letter"
    if keyword.iskeyword(name):
        return "a name that is no word of Python's"
    if name in RESERVED:
        return "a name that Flink SQL does not reserve (contracts/flink_reserved.txt)"
    if name in TAKEN or (flink == "source" and name in METADATA):
        return "a name that the generated dataclass or table does not use itself"
    return None


def expected_of_record(name: str) -> str | None:
    """What a record's name should be instead; None when it may be as it is."""
    if not RECORD.fullmatch(name) or keyword.iskeyword(name) or name in IMPORTED:
        return f"letters and digits, beginning with a capital, and none of {', '.join(IMPORTED)}"
    return None


def expected_of_topic(name: str) -> str | None:
    """What a topic's name should be instead; None when it may be as it is."""
    if not TOPIC.fullmatch(name):
        return "lower-case letters, digits, dots, - and _, beginning with a letter, at most 249"
    if table(name) in RESERVED:
        return "a name that Flink SQL does not reserve (contracts/flink_reserved.txt)"
    return None
