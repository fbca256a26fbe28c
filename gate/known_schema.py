"""Schemas of the registry that can be a version of a contract: known, flat, and read by Java."""

import json
from collections.abc import Callable
from functools import lru_cache
from typing import Any

from connect.registry import UnknownSchemaError
from connect.schema_id_headers import VALUE_ID
from gate.reasons import Reason, RuleBrokenError
from schemas.avro.parse import require_java_reads
from schemas.wire import TextOf

EIGHT_BYTES = (
    "it begins with a schema id of 8 bytes, as Apicurio's serialisers before version 3 write it: "
    "let them write Confluent's ids of 4 bytes"
)
SIMPLE = {"null", "boolean", "int", "long", "float", "double", "bytes", "string", "enum", "fixed"}
"""Types of the fields of a flat record."""

IdOfGuid = Callable[[tuple[str, str]], int]
"""(subject, GUID) → schema id. Raises UnknownSchemaError."""


def no_guids(_: tuple[str, str]) -> int:
    """Know no GUID, as many registries do."""
    raise UnknownSchemaError("The registry has no GUIDs.")


def flat_schema(text_of: TextOf, schema_id: int) -> str:
    """Look up a schema; refuse one that cannot be a version of a contract."""
    try:
        schema = text_of(schema_id)
    except UnknownSchemaError:
        sentence = f"the registry has no Avro schema {schema_id}"
        raise RuleBrokenError(
            Reason.UNKNOWN_SCHEMA, sentence if schema_id else EIGHT_BYTES
        ) from None
    if why := objection(schema):
        raise RuleBrokenError(Reason.FOREIGN_SCHEMA, f"schema {schema_id} {why}")
    return schema


@lru_cache(maxsize=256)
def objection(schema: str) -> str:
    """Return why a schema cannot be a version of a contract; empty if it may be one.

    A registry may keep what Java's parser refuses: Flink's job would end at the first record.
    """
    if not is_flat(schema):
        return "has nested types, which no contract has"
    try:
        require_java_reads(schema)
    except (ValueError, RecursionError) as error:
        return f"is none that Java reads: {error}"
    return ""


def schema_id_of_guid(id_of_guid: IdOfGuid, subject: str, guid: str) -> int:
    """Look up the id of a schema of a subject by its GUID."""
    try:
        return id_of_guid((subject, guid))
    except UnknownSchemaError:
        raise RuleBrokenError(
            Reason.UNKNOWN_SCHEMA,
            f"header {VALUE_ID}: the registry has no schema with the GUID {guid} in {subject}: "
            "register it, or let the serialiser write ids",
        ) from None


def is_flat(schema: str) -> bool:
    """Return True for a record whose fields have simple types, as in every contract.

    Nested types can be as deep and as long as a sender likes: a few bytes may claim billions of
    nulls, and Java counts them all. Also True for text that is no schema: the decoder names that.
    """
    try:
        return all(_is_simple(field["type"]) for field in json.loads(schema)["fields"])
    except (ValueError, TypeError, KeyError, RecursionError):
        return True


def _is_simple(field_type: Any) -> bool:
    if isinstance(field_type, list):
        return all(_is_simple(branch) for branch in field_type)
    name = field_type.get("type") if isinstance(field_type, dict) else field_type
    return isinstance(name, str) and name in SIMPLE
