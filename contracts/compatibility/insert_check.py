"""Findings of an INSERT: its columns and literals, compared with the fields that it writes."""

import json
from collections.abc import Iterator

from contracts.compatibility.released_versions import ContractFinding, Place
from contracts.compatibility.statement_finding import finding
from contracts.contract import Contract, Field
from contracts.limits import NumberLimits, TextLimits, limits_of
from contracts.readers.expression_types import fits, name_of
from contracts.readers.query import UNNAMED
from contracts.readers.relation import Branch, Number, Relation, Unknown, Value
from contracts.readers.sql_statements import listed
from contracts.readers.statement_file import Statement

SHOWN = 60
"""The longest literal that a finding shows whole, characters."""


def findings(statement: Statement, contract: Contract) -> Iterator[ContractFinding]:
    """Yield the findings of a statement that writes a contract's table."""
    place, stem, written = Place(statement.file, statement.line), contract.stem, statement.result
    names = statement.columns or written.names
    if any(branch.rest for branch in written.branches):
        what = f"SELECT * of a function writes columns of {stem} that are not named"
        yield finding(place, "statement-not-followed", contract, None, what)
    elif statement.columns is None and len(names) == len(contract.fields):
        yield from _positions(place, contract, written)
    else:
        optional = {each.name for each in contract.fields if statement.columns and each.nullable}
        yield from _columns(place, contract, names, optional)
        if len(names) == len(written.names):
            yield from _unfit(place, contract, names, written.branches)
        else:
            what = f"the INSERT lists {len(names)} columns and selects {len(written.names)}"
            yield finding(place, "insert-column-unknown", contract, None, what)


def _positions(place: Place, contract: Contract, written: Relation) -> Iterator[ContractFinding]:
    names = [field.name for field in contract.fields]
    for name, other in zip(names, written.names, strict=True):
        if other != name and not other.startswith(UNNAMED):
            what = f"the INSERT writes {other} where {contract.stem} has {name}"
            yield finding(place, "insert-column-order", contract, name, what)
            return
    yield from _unfit(place, contract, names, written.branches)


def _columns(
    place: Place, contract: Contract, names: list[str], optional: set[str]
) -> Iterator[ContractFinding]:
    fields = [field.name for field in contract.fields]
    for name in fields:
        if name not in names and name not in optional:
            what = f"the INSERT lacks the column {name} of {contract.stem}"
            yield finding(place, "insert-lacks-column", contract, name, what)
    for name in names:
        if name not in fields:
            what = f"the INSERT writes {name}, which {contract.stem} does not have"
            yield finding(place, "insert-column-unknown", contract, None, what)


def _unfit(
    place: Place, contract: Contract, names: list[str], branches: list[Branch]
) -> Iterator[ContractFinding]:
    fields = {field.name: field for field in contract.fields}
    for number, name in enumerate(names):
        if name not in fields:
            continue
        reasons = [_refusal(fields[name], value) for value in _literals(branches, number)]
        for rule, what in (
            filter(None, reasons) if any(reasons) else _types(fields[name], branches, number)
        ):
            yield finding(place, rule, contract, name, f"the INSERT writes {what}")


def _types(field: Field, branches: list[Branch], number: int) -> Iterator[tuple[str, str]]:
    """Yield (rule, type and field in words) of each type that the field does not take."""
    written = {list(branch.columns.values())[number].type for branch in branches}
    expected = name_of(field.type.flink)
    for each in sorted(filter(None, written)):
        if expected and not fits(each, expected):
            yield "insert-column-type", f"{each} into {field.name}, which is {field.type.flink}"


def _literals(branches: list[Branch], number: int) -> list[Value]:
    """Return the literals of a column, by its number, without those that stand for any other."""
    values = {
        each
        for branch in branches
        for each in list(branch.columns.values())[number].values
        if not (branch.is_open and each is None)
    }
    return sorted(
        (
            each
            for each in values
            if not (each is Unknown.VALUE or (isinstance(each, str) and "\0" in each))
        ),
        key=repr,
    )


def _refusal(field: Field, value: Value) -> tuple[str, str] | None:
    """Return (rule, value and field in words) of a literal that a field does not allow."""
    allowed, name = listed(field), field.name
    if value is None:
        what = f"NULL into {name}, which is required"
        return None if field.nullable else ("literal-not-allowed", what)
    if allowed and isinstance(value, str) and value not in allowed:
        return "value-not-listed", f"{value!r}, which the pattern of {name} excludes"
    if _allows(field, value):
        return None
    limits = json.dumps(field.constraints, ensure_ascii=False) if field.constraints else ""
    what = f"{_shown(value)} into {name}, which is {field.type.flink} {limits}".rstrip()
    return "literal-not-allowed", what


def _allows(field: Field, value: Value) -> bool:
    match value, limits_of(field.type, field.constraints):
        case str(text), TextLimits() as limits:
            return limits.allows(text)
        case Number(number), NumberLimits() as limits:
            units = number * 10**limits.scale
            return units == int(units) and limits.allows(int(units))
        case bool(), _:
            return field.type.logical == "boolean"
    return False


def _shown(value: Value) -> str:
    if isinstance(value, Number):
        return str(value.value)
    if isinstance(value, str) and len(value) > SHOWN:
        return f"{value[:SHOWN]!r}… of {len(value)} characters"
    return repr(value)
