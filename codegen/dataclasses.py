"""Python modules of the contracts: schemas/generated/<stem>.py, one frozen dataclass each."""

import dataclasses
import textwrap
from datetime import datetime
from decimal import Decimal

from codegen import decoding, encoding, validation
from contracts import successions
from contracts.contract import Contract, Field
from schemas import record
from schemas.avro.field_default import default_value

HEADER = "# Generated from {file} by `python -m codegen generate`: change that file, not this one."
WIDTH = 92


def module(contract: Contract) -> str:
    """Render the module of a contract."""
    constants = [
        line
        for field in contract.fields
        for line in (*validation.constants(field), *decoding.constants(field))
    ]
    lines = [
        HEADER.format(file=_place(contract, contract.path.name)),
        f'"""{contract.name}: records of the topic {contract.topic.name}."""',
        "",
        *_imports(contract),
        "",
        *constants,
        *([""] if constants else []),
        "",
        "@dataclass(frozen=True, slots=True, kw_only=True)",
        f"class {contract.name}:",
        *_doc(contract.doc),
        "",
        *_class_variables(contract),
        "",
        *[line for field in contract.fields for line in _declaration(field)],
        "",
        "    def validate(self) -> None:",
        '        """Raise ContractViolationError for the first field that breaks the contract."""',
        *[f"        {line}" for field in contract.fields for line in validation.checks(field)],
        "",
        *_field_methods(contract),
        "",
        *_avro_methods(contract),
        "",
        "",
        "(",
        *[f"    {decoding.setter(field)}," for field in contract.fields],
        f") = setters({contract.name})",
    ]
    return "\n".join(lines) + "\n"


def _imports(contract: Contract) -> list[str]:
    types = {field.type.logical for field in contract.fields}
    constraints = {name for field in contract.fields for name in field.constraints}
    return [
        *(["import re"] if "pattern" in constraints else []),
        "from dataclasses import dataclass",
        *(["from datetime import datetime"] if "timestamp-millis" in types else []),
        *(["from decimal import Decimal"] if "decimal" in types else []),
        "from typing import Any, ClassVar, Self",
        "",
        "from schemas import violations",
        "from schemas.avro import decode, encode",
        *(["from schemas.identifier import is_identifier"] if "identifier" in constraints else []),
        f"from schemas.record import Field{', Limits' if constraints else ''}, setters",
    ]


def _class_variables(contract: Contract) -> list[str]:
    """Render what every record of a contract shares."""
    return [
        f"    TOPIC: ClassVar[str] = {contract.topic.name!r}",
        f"    KEY: ClassVar[tuple[str, ...]] = {contract.topic.key!r}",
        f"    SCHEMA: ClassVar[str] = {contract.schema!r}",
        f"    KEY_SCHEMA: ClassVar[str] = {contract.key_schema!r}",
        f"    KEY_SUBJECT: ClassVar[str] = {contract.key_subject!r}",
        f"    VALUE_SUBJECT: ClassVar[str] = {contract.value_subject!r}",
        f"    COMPATIBILITY: ClassVar[str] = {contract.compatibility!r}",
        f"    FULL_NAME: ClassVar[str] = {contract.full_name!r}",
        f"    EVENT_TIME: ClassVar[str | None] = {contract.event_time!r}",
        "    FIELDS: ClassVar[tuple[Field, ...]] = (",
        *[f"        {_field(field)}," for field in contract.fields],
        "    )",
    ]


def _field_methods(contract: Contract) -> list[str]:
    """Render the methods that take the fields as they are."""
    python = {field.name: field.type.python for field in contract.fields}
    key = contract.topic.key
    values = ", ".join(f"self.{name}" for name in key)
    return [
        f"    def key(self) -> tuple[{', '.join(python[name] for name in key)}]:",
        f"        return ({values}{',' if len(key) == 1 else ''})",
        "",
        "    def to_dict(self) -> dict[str, Any]:",
        "        return {",
        *[f'            "{field.name}": self.{field.name},' for field in contract.fields],
        "        }",
        "",
        "    @classmethod",
        "    def from_dict(cls, values: dict[str, Any]) -> Self:",
        "        return cls(**values)",
    ]


def _avro_methods(contract: Contract) -> list[str]:
    """Render the methods that encode and decode."""
    fields = {field.name: field for field in contract.fields}
    return [
        "    def to_avro(self) -> bytes:",
        '        return b"".join(',
        "            (",
        *[f"                {encoding.expression(field)}," for field in contract.fields],
        "            )",
        "        )",
        "",
        "    def key_to_avro(self) -> bytes:",
        "        return (",
        *_sum([encoding.expression(fields[name]) for name in contract.topic.key]),
        "        )",
        "",
        "    @classmethod",
        "    def from_avro(cls, data: bytes, at: int) -> tuple[Self, int]:",
        "        record = cls.__new__(cls)",
        "        value: Any",
        *[f"        {line}" for field in contract.fields for line in decoding.statements(field)],
        "        return record, at",
    ]


def package(contracts: list[Contract]) -> str:
    """Render __init__.py of the package, which may stand anywhere."""
    names = sorted([*(contract.name for contract in contracts), "AnyEvent"])
    events = [contract.name for contract in contracts if contract.flink == "source"]
    pairs = successions.pairs(contracts)
    beside = [c.name for pair in pairs for c in pair if c.flink is None]
    lines = [
        HEADER.format(file=_place(contracts[0], "*.avsc")).replace("that file", "those files"),
        '"""A dataclass for every contract; EVENTS are those of the topics that the job reads.',
        "",
        "SUCCESSIONS are the pairs (old, new) of contracts that stand beside each other.",
        "GATED are those of the topics that the gate reads: EVENTS, and what stands beside them.",
        '"""',
        "",
        "from schemas.record import Record",
        "",
        *sorted(f"from .{c.stem} import {c.name}" for c in contracts),
        "",
        f"AnyEvent = {' | '.join(events) or 'None'}",
        "EVENTS: tuple[type[AnyEvent], ...] = (",
        *[f"    {name}," for name in events],
        ")",
        "SUCCESSIONS: tuple[tuple[type[Record], type[Record]], ...] = ("
        + "".join(f"({old.name}, {new.name}), " for old, new in pairs).rstrip()
        + ")",
        f"GATED: tuple[type[Record], ...] = ({', '.join(['*EVENTS', *beside])},)",
        "",
        "__all__ = [",
        *[f'    "{name}",' for name in ["EVENTS", "GATED", "SUCCESSIONS", *names]],
        "]",
    ]
    return "\n".join(lines) + "\n"


def _place(contract: Contract, name: str) -> str:
    """Return a file name with the folder of a contract."""
    return f"{contract.path.resolve().parent.name}/{name}"


def _doc(text: str) -> list[str]:
    wrapped = textwrap.wrap(text, WIDTH)
    if len(wrapped) == 1:
        return [f'    """{wrapped[0]}"""']
    return [f'    """{wrapped[0]}', *[f"    {line}" for line in wrapped[1:]], '    """']


def _declaration(field: Field) -> list[str]:
    python = f"{field.type.python} | None = None" if field.nullable else field.type.python
    if field.has_default and not field.nullable:
        python += _default(field)
    return [f"    {field.name}: {python}", *_doc(field.doc)]


def _field(field: Field) -> str:
    """Render a field's entry in FIELDS: its name, its type, and what differs from the defaults."""
    arguments = [repr(field.name), repr(field.type.logical)]
    given = _declared(field)
    for parameter in dataclasses.fields(given)[2:]:
        value = getattr(given, parameter.name)
        if value != parameter.default:
            arguments.append(f"{parameter.name}={_argument(value)}")
    return f"Field({', '.join(arguments)})"


def _argument(value: object) -> str:
    """Render a value; of limits, only those that are set."""
    if not isinstance(value, record.Limits):
        return repr(value)
    limits = [(each.name, getattr(value, each.name)) for each in dataclasses.fields(value)]
    given = [
        f"{name}={limit!r}" for name, limit in limits if limit is not None and limit is not False
    ]
    return f"Limits({', '.join(given)})"


def _declared(field: Field) -> record.Field:
    return record.Field(
        field.name,
        field.type.logical,
        nullable=field.nullable,
        precision=field.type.precision,
        scale=field.type.scale,
        has_default=field.has_default,
        default=field.default,
        aliases=field.aliases,
        doc=field.doc,
        limits=_limits(field),
    )


def _limits(field: Field) -> record.Limits:
    """Return the limits of a field, by the names that the generated class gives them."""
    bounds = field.constraints
    return record.Limits(
        minimum=bounds.get("minimum"),
        maximum=bounds.get("maximum"),
        shortest=bounds.get("minLength"),
        longest=bounds.get("maxLength"),
        pattern=bounds.get("pattern"),
        identifier=bounds.get("identifier", False),
    )


def _default(field: Field) -> str:
    """Render the parameter's default; empty when the contract's is no value of its type."""
    try:
        value = default_value(_declared(field))
    except ValueError:
        return ""
    match value:
        case Decimal():
            return f' = Decimal("{value}")'
        case datetime():
            return f' = datetime.fromisoformat("{value.isoformat()}")'
    return f" = {value!r}"


def _sum(terms: list[str]) -> list[str]:
    return [f"            {'' if number == 0 else '+ '}{term}" for number, term in enumerate(terms)]
