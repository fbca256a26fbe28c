"""Rules for the names of records, fields and topics: no quoting in Python or Flink SQL."""

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
METHODS = ("validate", "key", "to_dict", "from_dict", "to_avro", "key_to_avro", "from_avro")
TAKEN = frozenset(
    (*METHODS, "self", "str", "int", "bool", "datetime", "tuple", "dict", "classmethod")
)
"""Names that a generated dataclass uses for its methods and types."""
IMPORTED = (
    "Any", "AnyEvent", "ClassVar", "Decimal", "EVENTS", "Field", "GATED", "Record", "Self",
    "SUCCESSIONS",
)  # fmt: skip
"""Names that the modules of the generated dataclasses use themselves."""
VIEWS = ("events", "deduplicated_events")
STAGING = "stg_"
"""The views of the job's statements, and the beginning of the names of the others."""
METADATA = ("source_topic", "source_partition", "source_offset")
"""Metadata columns of a source table."""


STRATEGIES = ("TopicNameStrategy", "RecordNameStrategy", "TopicRecordNameStrategy")
"""Subject name strategies, by their names in Confluent's serialisers; the first is the default."""


def subject(strategy: str, topic: str, record: str, part: str) -> str:
    """Return the subject of a key or value. record: full name of its schema; part: key or value."""
    names = (f"{topic}-{part}", record, f"{topic}-{record}")
    return dict(zip(STRATEGIES, names, strict=True))[strategy]


def table(topic: str) -> str:
    """Return the SQL table name of a topic, which needs no quoting."""
    return topic.replace("-", "_").replace(".", "_")


def expected_of_field(name: str, flink: str | None) -> str | None:
    """Return the expected form of a field's name; None if the name is valid."""
    if not FIELD.fullmatch(name):
        return "lower-case letters, digits and _, beginning with a letter"
    if keyword.iskeyword(name):
        return "a name that is not a Python keyword"
    if name in RESERVED:
        return "a name that Flink SQL does not reserve (contracts/flink_reserved.txt)"
    if name in TAKEN or (flink == "source" and name in METADATA):
        return "a name that the generated dataclass or table does not use itself"
    return None


def expected_of_record(name: str) -> str | None:
    """Return the expected form of a record's name; None if the name is valid."""
    if not RECORD.fullmatch(name) or keyword.iskeyword(name) or name in IMPORTED:
        return f"letters and digits, beginning with a capital, and none of {', '.join(IMPORTED)}"
    return None


def expected_of_file(stem: str) -> str | None:
    """Return the expected form of a file's name without its ending; None if it is valid."""
    if not FIELD.fullmatch(stem) or keyword.iskeyword(stem):
        return "lower-case letters, digits and _, beginning with a letter, and no Python keyword"
    return None


def expected_of_topic(name: str) -> str | None:
    """Return the expected form of a topic's name; None if the name is valid."""
    if not TOPIC.fullmatch(name):
        return "lower-case letters, digits, dots, - and _, beginning with a letter, at most 249"
    if table(name) in RESERVED:
        return "a name that Flink SQL does not reserve (contracts/flink_reserved.txt)"
    return None


def is_view(table_name: str) -> bool:
    """Return True for the name of a view that the job's statements make or read."""
    return table_name in VIEWS or table_name.startswith(STAGING)
