"""Make the tables, and change them when a contract has changed."""

import json
from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy import Column, Connection, delete, insert, literal, select, text, update
from sqlalchemy.schema import CreateColumn

from connect.errors import UserError
from schemas.avro.field_default import default_value
from schemas.record import Field, Record
from views.database.tables import DEFINITIONS, METADATA, OFFSETS, TABLES

LOCK = 7_045_001
"""Number of PostgreSQL's advisory lock under which tables are made or changed."""


def prepare_tables(
    connection: Connection, topic_of: Callable[[type[Record]], str], *, empties: bool
) -> None:
    """Make missing tables, and bring those of a contract's former version up to date.

    Fields with a default become columns, and the topic is read again, as its newest records may
    have them already. After any other change the table is made anew, and its topic read.
    topic_of: a contract's topic, as it is in Kafka; empties: False for a process that does not
    fill the tables: it reads those of a later version, and raises UserError for others that it
    cannot change.
    """
    if connection.dialect.name == "postgresql":
        # Two processes that make a table at once would disturb each other.
        connection.execute(text("select pg_advisory_xact_lock(:number)"), {"number": LOCK})
    METADATA.create_all(connection)
    stored = {row.table_name: row.definition for row in connection.execute(select(DEFINITIONS))}
    for record_type, table in TABLES.items():
        definition = _definition(record_type)
        before = stored.get(table.name)
        if before == definition:
            continue
        of_topic = OFFSETS.c.topic == topic_of(record_type)
        is_other = before is not None and not _added(record_type, json.loads(before))
        if is_other and not empties:
            _require_readable(record_type, json.loads(str(before)))
            continue
        if is_other:
            table.drop(connection)
            table.create(connection)
            connection.execute(delete(OFFSETS).where(of_topic))
        elif before is not None:
            for field in _added(record_type, json.loads(before)):
                _add_column(connection, record_type, field)
            connection.execute(update(OFFSETS).where(of_topic).values(rereading=True))
        connection.execute(delete(DEFINITIONS).where(DEFINITIONS.c.table_name == table.name))
        connection.execute(
            insert(DEFINITIONS), {"table_name": table.name, "definition": definition}
        )
    if not empties:
        _require_columns(stored)
    for table in METADATA.sorted_tables:
        for index in table.indexes:
            index.create(connection, checkfirst=True)


def _require_readable(record_type: type[Record], stored: dict[str, Any]) -> None:
    """Raise UserError if a table lacks a field of this version, or has it in another type."""
    own = json.loads(_definition(record_type))
    held = {name: stored["fields"].get(name) for name in own["fields"]}
    if (own["key"], own["fields"]) != (stored["key"], held):
        raise _other_version(TABLES[record_type].name)


def _require_columns(stored: Mapping[str, str]) -> None:
    """Raise UserError if a table of computed figures lacks a column of this version."""
    for name, definition in stored.items():
        held = json.loads(definition).get("columns")
        table = METADATA.tables.get(name)
        if held is not None and table is not None and not {*table.c.keys()} <= {*held}:
            raise _other_version(name)


def _other_version(table: str) -> UserError:
    return UserError(
        f"The table {table} of the read model is of another version: start the read model "
        "(`.venv/bin/python -m views`) of this one, which makes it anew, or use the version that "
        "it has."
    )


def _definition(record_type: type[Record]) -> str:
    fields = {
        field.name: [field.type, field.nullable, field.precision, field.scale]
        for field in record_type.FIELDS
    }
    return json.dumps({"key": record_type.KEY, "fields": fields})


def _added(record_type: type[Record], before: dict[str, Any]) -> list[Field]:
    """Return the fields that a former version lacks; none where columns cannot just be added."""
    definition = json.loads(_definition(record_type))
    kept = {name: definition["fields"].get(name) for name in before["fields"]}
    added = [field for field in record_type.FIELDS if field.name not in before["fields"]]
    is_additive = (
        before["key"] == definition["key"]
        and before["fields"] == kept
        and all(field.has_default or field.nullable for field in added)
    )
    return added if is_additive else []


def _add_column(connection: Connection, record_type: type[Record], field: Field) -> None:
    table = TABLES[record_type]
    default = default_value(field)
    column = Column[Any](
        field.name,
        table.c[field.name].type,
        nullable=field.nullable,
        server_default=None if default is None else literal(default, table.c[field.name].type),
    )
    rendered = CreateColumn(column).compile(dialect=connection.dialect)
    connection.exec_driver_sql(f"alter table {table.name} add column {rendered}")
