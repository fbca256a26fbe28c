"""Contract files: schemas/*.avsc, parsed and validated.

A file is an Avro record schema (Avro 1.12 specification) with further attributes, which the
specification lets Avro readers ignore:

    owner           the team responsible for the contract
    compatibility   the compatibility mode of the subject, as in the registry
    topic           name, key (the fields of the record key), partitions, config (Kafka's
                    topic settings)
    event_time      optional: the field with the time of the event
    flink           optional: "source" (the job reads the topic) or "sink" (it writes it)

and for a field: minimum, minLength, maxLength, pattern, as JSON Schema defines them.
"""

import json
import re
from pathlib import Path
from typing import Any

from contracts import naming
from contracts.contract import Contract, Field, Topic
from contracts.errors import InvalidContractError
from contracts.json_file import document_of
from contracts.source_location import line_of
from contracts.types import UnsupportedTypeError, avro_type
from schemas.avro.parse import InvalidSchemaError, parse

SCHEMAS = Path(__file__).parent.parent / "schemas"
MODES = ("BACKWARD", "FORWARD", "FULL")
COMPATIBILITIES = (*MODES, *(f"{mode}_TRANSITIVE" for mode in MODES))
AVRO_ATTRIBUTES = (
    "type", "name", "namespace", "doc", "aliases", "fields", "default", "logicalType",
    "precision", "scale", "symbols", "items", "values", "size", "order",
)  # fmt: skip
CONSTRAINTS = ("minimum", "minLength", "maxLength", "pattern")


def load_all(folder: Path = SCHEMAS) -> list[Contract]:
    """Load every contract in a folder, by file name. Raises InvalidContractError."""
    contracts = [load(path) for path in sorted(folder.glob("*.avsc"))]
    owners: dict[str, Path] = {}
    for contract in contracts:
        topic = contract.topic.name
        for attribute, owned in (
            ("topic", f"topic {topic}"),
            ("topic", f"table {naming.table(topic)}"),
            ("name", f"record {contract.name}"),
        ):
            other = owners.setdefault(owned, contract.path)
            if other != contract.path:
                raise InvalidContractError(
                    contract.path,
                    f"{owned} belongs to {other.name} already; each contract needs its own.",
                    line_of(contract.path.read_text("utf-8"), attribute),
                )
    return contracts


def load(path: Path) -> Contract:
    """Load one contract. Raises InvalidContractError with file, field and expected value."""
    text, document = document_of(path)
    if not isinstance(document, dict) or document.get("type") != "record":
        raise InvalidContractError(
            path, 'expected an Avro record, an object with "type": "record".'
        )
    return _Reader(path, text).contract(document)


class _Reader:
    def __init__(self, path: Path, text: str) -> None:
        self.path, self.source = path, text

    def wrong(self, where: str, expected: str) -> InvalidContractError:
        name = (
            where.removeprefix("field ").partition(":")[0] if where.startswith("field ") else None
        )
        line = line_of(self.source, where.partition(".")[0], name)
        return InvalidContractError(self.path, f"{where}: expected {expected}.", line)

    def text(self, holder: dict[str, Any], attribute: str, where: str = "") -> str:
        value = holder.get(attribute)
        if not isinstance(value, str) or not value.strip():
            raise self.wrong(where + attribute, "a string that is not empty")
        return value

    def contract(self, document: dict[str, Any]) -> Contract:
        if not isinstance(document.get("fields"), list) or not document["fields"]:
            raise self.wrong("fields", "a list of at least one field")
        flink = document.get("flink")
        if flink not in (None, "source", "sink"):
            raise self.wrong("flink", '"source", "sink" or nothing')
        by_name: dict[str, Field] = {}
        for field in (self.field(field, flink) for field in document["fields"]):
            if by_name.setdefault(field.name, field) is not field:
                raise self.wrong(f"field {field.name}: name", "a unique name")
        topic = self.topic(document.get("topic"), by_name)
        compatibility = self.text(document, "compatibility")
        if compatibility not in COMPATIBILITIES:
            raise self.wrong("compatibility", " or ".join(COMPATIBILITIES))
        event_time = document.get("event_time")
        if event_time is not None and (
            event_time not in list(by_name)
            or by_name[event_time].type.logical != "timestamp-millis"
            or by_name[event_time].nullable
        ):
            raise self.wrong(
                "event_time", "the name of a timestamp-millis field that cannot be null"
            )
        name = self.text(document, "name")
        expected = naming.expected_of_record(name)
        if expected:
            raise self.wrong("name", expected)
        namespace = self.text(document, "namespace")
        key_fields = [
            {"name": field, "type": _avro_attributes(by_name[field].type.schema)}
            for field in topic.key
        ]
        key = {"type": "record", "name": f"{name}Key", "namespace": namespace, "fields": key_fields}
        schema = json.dumps(_avro_attributes(document), ensure_ascii=False)
        try:
            parse(schema)
        except InvalidSchemaError as error:
            raise InvalidContractError(self.path, f"not an Avro schema: {error}.") from None
        return Contract(
            path=self.path,
            name=name,
            namespace=namespace,
            doc=self.text(document, "doc"),
            owner=self.text(document, "owner"),
            compatibility=compatibility,
            topic=topic,
            event_time=event_time,
            flink=flink,
            fields=tuple(by_name.values()),
            schema=schema,
            key_schema=json.dumps(key),
        )

    def topic(self, topic: Any, fields: dict[str, Field]) -> Topic:
        if not isinstance(topic, dict):
            raise self.wrong("topic", "an object with name, key, partitions and config")
        key = topic.get("key")
        if not isinstance(key, list) or not key or not all(name in list(fields) for name in key):
            raise self.wrong("topic.key", "a list of field names of this record")
        if any(fields[name].nullable for name in key):
            raise self.wrong("topic.key", "fields that cannot be null")
        partitions = topic.get("partitions")
        if type(partitions) is not int or partitions < 1:
            raise self.wrong("topic.partitions", "a whole number of at least 1")
        config = topic.get("config", {})
        if not isinstance(config, dict) or not all(isinstance(v, str) for v in config.values()):
            raise self.wrong("topic.config", "Kafka's topic settings, each value a string")
        name = self.text(topic, "name", "topic.")
        expected = naming.expected_of_topic(name)
        if expected:
            raise self.wrong("topic.name", expected)
        return Topic(
            name=name,
            key=tuple(key),
            partitions=partitions,
            config=config,
        )

    def field(self, field: Any, flink: str | None) -> Field:
        if not isinstance(field, dict):
            raise self.wrong("fields", "objects with name, type and doc")
        name = self.text(field, "name", "a field's ")
        expected = naming.expected_of_field(name, flink)
        if expected:
            raise self.wrong(f"field {name}: name", expected)
        try:
            kind, nullable = avro_type(field.get("type"))
        except UnsupportedTypeError as error:
            raise self.wrong(f"field {name}: type", str(error)) from None
        if nullable and ("default" not in field or field["default"] is not None):
            raise self.wrong(f"field {name}: default", "null, as the type allows null")
        if kind.logical == "decimal" and field.get("default") == "":
            # Valid in Avro, but Java parses no number from zero bytes: the Flink job would fail.
            raise self.wrong(f"field {name}: default", "a number's bytes, at least one")
        aliases = field.get("aliases")
        return Field(
            name=name,
            doc=self.text(field, "doc", f"field {name}: "),
            type=kind,
            nullable=nullable,
            has_default="default" in field,
            default=field.get("default"),
            aliases=tuple(aliases) if isinstance(aliases, list) else (),
            constraints=self.constraints(field, f"field {name}: "),
        )

    def constraints(self, field: dict[str, Any], where: str) -> dict[str, Any]:
        constraints = {word: field[word] for word in CONSTRAINTS if word in field}
        for word, value in constraints.items():
            if word == "pattern":
                try:
                    re.compile(value)
                except (re.error, TypeError):
                    raise self.wrong(where + word, "a regular expression") from None
            elif type(value) is not int:
                raise self.wrong(where + word, "a whole number")
        return constraints


def _avro_attributes(schema: Any) -> Any:
    """Return a schema with Avro's own attributes only."""
    if isinstance(schema, list):
        return [_avro_attributes(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    return {
        word: value if word == "default" else _avro_attributes(value)
        for word, value in schema.items()
        if word in AVRO_ATTRIBUTES
    }
