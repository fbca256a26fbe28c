"""CREATE TABLE statements of the contracts for databases.

The table has the name of its Flink table. Limits are CHECK constraints, docs are comments. Only a
compacted topic has a primary key: an event topic may have many records of a key.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from contracts import naming
from contracts.contract import Contract, Field


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialect:
    """The words in which a database differs. In templates, {column} is a quoted column."""

    types: dict[str, str]
    """Logical type -> type, with {precision} and {scale} for a decimal."""
    length: str
    """Template of the number of characters."""
    matches: str
    """Template of a test of the whole text by the {pattern}, the content of an SQL literal."""
    identifier: str
    """Template of a test for identifiers (schemas/identifier.py), as far as SQL can test it."""


def files(contracts: list[Contract], dialect: Dialect) -> dict[Path, str]:
    """Render a file for each contract."""
    return {Path(f"{c.stem}.sql"): create_table(c, dialect) for c in contracts}


def create_table(contract: Contract, dialect: Dialect) -> str:
    """Render the statements that create a table with its comments."""
    table = _name(naming.table(contract.topic.name))
    rows = [f"  {_column(field, dialect)}" for field in contract.fields]
    if "compact" in contract.topic.config.get("cleanup.policy", ""):
        rows.append(f"  PRIMARY KEY ({', '.join(map(_name, contract.topic.key))})")
    lines = [
        f"-- Records of the topic {contract.topic.name}, by the contract {contract.path.name}.",
        f"CREATE TABLE {table} (",
        ",\n".join(rows),
        ");",
        f"COMMENT ON TABLE {table} IS {_text(f'{contract.doc} Owner: {contract.owner}.')};",
        *(
            f"COMMENT ON COLUMN {table}.{_name(field.name)} IS {_text(field.doc)};"
            for field in contract.fields
        ),
    ]
    return "\n".join(lines) + "\n"


def _column(field: Field, dialect: Dialect) -> str:
    kind = dialect.types[field.type.logical].format(
        precision=field.type.precision, scale=field.type.scale
    )
    parts = [_name(field.name), kind, *([] if field.nullable else ["NOT NULL"]), *_default(field)]
    checks = list(_checks(field, dialect))
    if checks:
        parts.append(f"CHECK ({' AND '.join(checks)})")
    return " ".join(parts)


def _checks(field: Field, dialect: Dialect) -> Iterator[str]:
    column, limits = _name(field.name), field.constraints
    size = dialect.length.format(column=column)
    for word, measured, sign in (
        ("minimum", column, ">="),
        ("maximum", column, "<="),
        ("minLength", size, ">="),
        ("maxLength", size, "<="),
    ):
        if word in limits:
            yield f"{measured} {sign} {limits[word]}"
    if "pattern" in limits:
        pattern = limits["pattern"].replace("'", "''")
        yield dialect.matches.format(column=column, pattern=pattern)
    if "identifier" in limits:
        yield dialect.identifier.format(column=column)


def _default(field: Field) -> list[str]:
    match field.type.logical, field.default:
        case ("boolean", bool(value)):
            return [f"DEFAULT {str(value).upper()}"]
        case ("int" | "long", int(number)):
            return [f"DEFAULT {number}"]
        case ("string", str(text)):
            return [f"DEFAULT {_text(text)}"]
    return []


def _name(word: str) -> str:
    """Quote a name: each database reserves words of its own."""
    return f'"{word}"'


def _text(words: str) -> str:
    return "'" + words.replace("'", "''") + "'"
