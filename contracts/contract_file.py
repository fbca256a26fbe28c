"""Contract files: schemas/*.avsc, parsed and validated.

A file is an Avro record schema (Avro 1.12 specification) with further attributes, which the
specification lets Avro readers ignore:

    owner           the team responsible for the contract
    compatibility   the compatibility mode of the subject, as in the registry
    topic           name, key (the fields of the record key), partitions, config (Kafka's
                    topic settings)
    subject_name_strategy
                    optional: RecordNameStrategy or TopicRecordNameStrategy, as Confluent's
                    serialisers name subjects; by default TopicNameStrategy
    event_time      optional: the field with the time of the event
    flink           optional: "source" (the job reads the topic) or "sink" (it writes it)
    succeeds        optional: the contract that this one replaces, by its file name without .avsc

and for a field: minimum, maximum, minLength, maxLength, pattern, as JSON Schema defines them, and
identifier: true for text that identifies something (see schemas/identifier.py). Attributes of other
tools begin with x-. Any other attribute is refused: a misspelt limit would limit nothing.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from contracts import attributes, limits, naming, successions
from contracts.contract import Contract, Field, Topic
from contracts.errors import InvalidContractError
from contracts.json_file import document_of
from contracts.source_location import line_of, line_of_number
from contracts.types import AvroType, UnsupportedTypeError, avro_type
from schemas.avro.parse import InvalidSchemaError, parse

SCHEMAS = Path(__file__).parent.parent / "schemas"
MODES = ("BACKWARD", "FORWARD", "FULL")
RELEASED = "released"
COMPATIBILITIES = (*MODES, *(f"{mode}_TRANSITIVE" for mode in MODES))


def load_all(folder: Path = SCHEMAS) -> list[Contract]:
    """Load every contract in a folder, by file name. Raises InvalidContractError."""
    contracts, errors = load_valid(folder)
    if errors:
        raise errors[0]
    return contracts


def load_valid(folder: Path) -> tuple[list[Contract], list[InvalidContractError]]:
    """Load the valid contracts in a folder, by file name, and return the errors of the others."""
    contracts: list[Contract] = []
    errors = list(_not_read(folder))
    for path in sorted(folder.glob("*.avsc")):
        try:
            contracts.append(_load_named(path))
        except InvalidContractError as error:
            errors.append(error)
    owners: dict[str, Path] = {}
    for contract in list(contracts):
        topic = contract.topic.name
        for attribute, owned in (
            ("topic", f"topic {topic}"),
            ("topic", f"table {naming.table(topic)}"),
            ("name", f"record {contract.name}"),
        ):
            other = owners.setdefault(owned, contract.path)
            if other != contract.path:
                what = f"{owned} belongs to {other.name} already; each contract needs its own."
                line = line_of(contract.path.read_text("utf-8"), attribute)
                errors.append(InvalidContractError(contract.path, what, line))
                contracts.remove(contract)
                break
    contracts, unlinked = successions.linked(contracts, folder / "released")
    return contracts, errors + unlinked


def _not_read(folder: Path) -> Iterator[InvalidContractError]:
    """Yield an error for each file that looks like a contract and is read as none."""
    for path in sorted(folder.rglob("*")):
        depth, is_version = len(path.relative_to(folder).parts), folder / RELEASED in path.parents
        is_read = path.suffix == ".avsc" and depth == (3 if is_version else 1)
        if path.suffix.lower() == ".avsc" and not is_read:
            what = "not read as a contract: expected <name>.avsc in the folder of the contracts."
            if is_version:
                what = "not read as a version: expected released/<name>/<number>.avsc."
            yield InvalidContractError(path, what)


def _load_named(path: Path) -> Contract:
    """Load a contract of a folder, whose names become those of modules and tables."""
    contract = load(path)
    if expected := naming.expected_of_file(path.stem):
        raise InvalidContractError(path, f"the file's name without .avsc: expected {expected}.")
    table = naming.table(contract.topic.name)
    if contract.flink and naming.is_view(table):
        line = line_of(path.read_text("utf-8"), "topic")
        what = f"topic.name: its table {table} would have the name of a view of the job."
        raise InvalidContractError(path, what, line)
    return contract


def load(path: Path) -> Contract:
    """Load one contract. Raises InvalidContractError with file, field and expected value."""
    text, document = document_of(path)
    contract = contract_of(path, text, document)
    for where, expected in attributes.unfit(contract, document):
        raise _Reader(path, text).wrong(where, expected)
    return contract


def load_released(path: Path) -> Contract:
    """Load a released version. It cannot be edited, so it may have any attributes.

    Raises InvalidContractError.
    """
    return contract_of(path, *document_of(path))


def contract_of(path: Path, text: str, document: Any) -> Contract:
    """Return the contract of a document. path and text: its file, for messages.

    Raises InvalidContractError.
    """
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
        for number, entry in enumerate(document["fields"]):
            field = self.field(entry, number, flink)
            if by_name.setdefault(field.name, field) is not field:
                raise self.wrong(f"field {field.name}: name", "a unique name")
        topic = self.topic(document.get("topic"), by_name)
        compatibility = self.text(document, "compatibility")
        if compatibility not in COMPATIBILITIES:
            raise self.wrong("compatibility", " or ".join(COMPATIBILITIES))
        strategy = document.get("subject_name_strategy", naming.STRATEGIES[0])
        if strategy not in naming.STRATEGIES:
            raise self.wrong("subject_name_strategy", " or ".join(naming.STRATEGIES))
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
            {"name": field, "type": attributes.avro_only(by_name[field].type.schema)}
            for field in topic.key
        ]
        key = {"type": "record", "name": f"{name}Key", "namespace": namespace, "fields": key_fields}
        schema = json.dumps(attributes.avro_only(document), ensure_ascii=False)
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
            subject_name_strategy=strategy,
            topic=topic,
            event_time=event_time,
            flink=flink,
            succeeds=self.text(document, "succeeds") if "succeeds" in document else None,
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
        if len(set(key)) < len(key):
            raise self.wrong("topic.key", "each field once")
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

    def field(self, field: Any, number: int, flink: str | None) -> Field:
        name = field.get("name") if isinstance(field, dict) else None
        if not isinstance(name, str) or not name.strip():
            # Without a name, only its line says which field is meant.
            line = line_of_number(self.source, number)
            what = (
                f"line {line}: a field's name: expected a string that is not empty."
                if isinstance(field, dict)
                else f"line {line}: fields: expected objects with name, type and doc."
            )
            raise InvalidContractError(self.path, what, line)
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
            constraints=self.constraints(field, kind, f"field {name}: "),
        )

    def constraints(self, field: dict[str, Any], kind: AvroType, where: str) -> dict[str, Any]:
        words = limits.WORDS.get(kind.logical, ())
        constraints = {word: field[word] for word in words if word in field}
        if unmet := limits.unmet(kind, constraints):
            raise self.wrong(where + unmet[0], unmet[1])
        return constraints
