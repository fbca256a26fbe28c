"""Attributes that a contract file may have."""

from collections import Counter
from collections.abc import Iterator
from difflib import get_close_matches
from typing import Any

from contracts import pattern_cost, topic_settings
from contracts.contract import Contract, Field, Topic
from contracts.limits import ALL_WORDS, RANGES, WORDS, allows_default

ORDERS = ("ascending", "descending", "ignore")
"""Values of Avro's attribute order."""
TYPE_WORDS = {
    "timestamp-millis": ("type", "logicalType"),
    "decimal": ("type", "logicalType", "precision", "scale"),
}
"""Logical type -> the attributes of its type in a contract."""
TYPE = (
    "type", "name", "namespace", "doc", "aliases", "fields", "default", "logicalType",
    "precision", "scale", "symbols", "items", "values", "size", "order",
)  # fmt: skip
"""Avro's own attributes (Avro 1.12 specification)."""
RECORD = ("type", "name", "namespace", "doc", "aliases", "fields", "owner", "compatibility",
          "subject_name_strategy", "topic", "event_time", "flink", "succeeds")  # fmt: skip
TOPIC = ("name", "key", "partitions", "config")
FOREIGN = "x-"
"""The beginning of attributes for other tools, which are not compared."""
FIELD = ("name", "type", "doc", "default", "aliases", "order", *ALL_WORDS)


def avro_only(schema: Any) -> Any:
    """Return a schema with Avro's own attributes only."""
    if isinstance(schema, list):
        return [avro_only(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    return {
        word: value if word == "default" else avro_only(value)
        for word, value in schema.items()
        if word in TYPE
    }


def unfit(contract: Contract, document: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield (place, expected value) of each attribute that a contract must not have."""
    yield from _unknown(document, RECORD, "")
    yield from _unknown(document["topic"], TOPIC, "topic.")
    yield from _settings(contract.topic)
    names = Counter(name for field in contract.fields for name in {field.name, *field.aliases})
    for field, source in zip(contract.fields, document["fields"], strict=True):
        where, kind = f"field {field.name}: ", field.type.logical
        yield from _unknown(source, FIELD, where)
        types = source["type"] if isinstance(source["type"], list) else [source["type"]]
        for inner in types:
            if isinstance(inner, dict):
                yield from _unknown(inner, TYPE_WORDS.get(kind, TYPE), f"{where}type.")
        if source.get("order", ORDERS[0]) not in ORDERS:
            yield f"{where}order", f"one of {', '.join(ORDERS)}"
        for alias in field.aliases:
            if names[alias] > 1:
                yield f"{where}aliases", f"names that no other field has, unlike {alias}"
        for word, expected in _unfit_limits(field, source):
            yield where + word, expected


def _unfit_limits(field: Field, source: dict[str, Any]) -> Iterator[tuple[str, str]]:
    kind, limits = field.type.logical, field.constraints
    words = WORDS.get(kind, ())
    for word in source:
        if word in ALL_WORDS and word not in words:
            allowed = f"only {', '.join(words)}" if words else "no limit"
            yield word, f"{allowed}, as the field is of type {kind}"
    if kind in RANGES:
        lowest, highest = RANGES[kind]
        for word in ("minimum", "maximum"):
            if word in limits and not lowest <= limits[word] <= highest:
                yield word, f"a number from {lowest:,} to {highest:,}, as {kind} has"
    pattern, longest = limits.get("pattern"), limits.get("maxLength")
    if pattern is not None and (needed := pattern_cost.expected_of(pattern, longest)):
        yield "pattern", needed
    if not allows_default(field.type, limits, field.default):
        yield "default", "a value within the limits of the field"


def _settings(topic: Topic) -> Iterator[tuple[str, str]]:
    if topic.partitions > topic_settings.MOST_PARTITIONS:
        yield "topic.partitions", f"at most {topic_settings.MOST_PARTITIONS:,}"
    for setting, value in topic.config.items():
        if expected := topic_settings.expected_name(setting):
            yield f"topic.config.{setting}", expected
        elif expected := topic_settings.expected_value(setting, value):
            yield "topic.config", f"{expected} for {setting}, not {value!r}"


def _unknown(
    holder: dict[str, Any], known: tuple[str, ...], where: str
) -> Iterator[tuple[str, str]]:
    for word in holder:
        if word not in known and not word.startswith(FOREIGN):
            similar = get_close_matches(word, known, 1)
            expected = similar[0] if similar else f"one of {', '.join(known)}"
            yield f"{where}{word}", f"{expected}, as a contract has no such attribute"
