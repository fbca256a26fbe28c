"""Tables follow their contracts: a new field is a column, another type or key a new table."""

import json
from typing import Any

import pytest
from sqlalchemy import Engine, insert, inspect, select, text

from connect.errors import UserError
from connect.settings import Settings
from schemas.clock import utc_now
from schemas.generated import InventoryLevel
from schemas.record import Field, Record
from tests.support.store_records import level, order, transfer
from views.database.engine import open_database, writing
from views.database.read_offsets import Position, load, replace
from views.database.shelves import SHELVES
from views.database.tables import DEFINITIONS, TABLES

EXAMPLES: tuple[Record, ...] = (level("a", 1), order("x", 1), transfer("t", 1))
ADDED = [
    (record, field)
    for record in EXAMPLES
    for field in record.FIELDS
    if field.has_default and field.name not in record.KEY
]


def definition(engine: Engine, record_type: type[Record]) -> dict[str, Any]:
    of_table = DEFINITIONS.c.table_name == TABLES[record_type].name
    with engine.connect() as connection:
        stored = connection.scalar(select(DEFINITIONS.c.definition).where(of_table))
    result: dict[str, Any] = json.loads(str(stored))
    return result


def define(engine: Engine, record_type: type[Record], changed: dict[str, Any]) -> None:
    with writing(engine) as connection:
        connection.execute(
            DEFINITIONS.update()
            .where(DEFINITIONS.c.table_name == TABLES[record_type].name)
            .values(definition=json.dumps(changed))
        )


def with_a_row(settings: Settings, record: Record) -> Engine:
    """Open a database in which a record was read."""
    engine = open_database(settings)
    with writing(engine) as connection:
        connection.execute(insert(TABLES[type(record)]), record.to_dict())
        position = Position("id", 7, 0, 7, utc_now(), complete=True)
        replace(connection, record.TOPIC, {(record.TOPIC, 0): position})
    return engine


def rows(engine: Engine, record_type: type[Record]) -> list[dict[str, Any]]:
    with engine.connect() as connection:
        return [dict(row) for row in connection.execute(select(TABLES[record_type])).mappings()]


@pytest.mark.parametrize(
    ("record", "field"), ADDED, ids=[f"{type(one).__name__}.{field.name}" for one, field in ADDED]
)
def test_a_new_field_is_a_column_with_its_default_and_the_topic_is_read_again(
    database: Settings, record: Record, field: Field
) -> None:
    engine, record_type = with_a_row(database, record), type(record)
    with writing(engine) as connection:
        connection.execute(text(f"alter table {TABLES[record_type].name} drop column {field.name}"))
    former = definition(engine, record_type)
    del former["fields"][field.name]
    define(engine, record_type, former)
    engine.dispose()

    engine = open_database(database)
    assert rows(engine, record_type) == [{**record.to_dict(), field.name: field.default}]
    with engine.connect() as connection:
        assert [each.rereading for each in load(connection).values()] == [True]
    with writing(engine) as connection:
        connection.execute(TABLES[record_type].update().values(record.to_dict()))
    assert rows(engine, record_type) == [record.to_dict()]


@pytest.mark.parametrize("change", ["type", "key", "removed"])
def test_after_any_other_change_the_table_is_empty_and_its_topic_not_read(
    database: Settings, change: str
) -> None:
    engine = with_a_row(database, level("a", 1))
    former = definition(engine, InventoryLevel)
    if change == "type":
        former["fields"]["on_hand"][0] = "int"
    elif change == "key":
        former["key"] = ["store_id"]
    else:
        former["fields"]["gone"] = ["long", False, 0, 0]
    define(engine, InventoryLevel, former)
    engine.dispose()

    engine = open_database(database, fills=True)
    assert not rows(engine, InventoryLevel)
    assert definition(engine, InventoryLevel)["fields"]["on_hand"][0] == "long"
    assert "inventory_levels" in inspect(engine).get_table_names()
    with engine.connect() as connection:
        assert not load(connection)


def test_a_reader_of_an_earlier_version_leaves_the_tables_of_a_later_one(
    database: Settings,
) -> None:
    engine = with_a_row(database, level("a", 1))
    later = definition(engine, InventoryLevel)
    later["fields"]["shelf"] = ["string", True, 0, 0]
    define(engine, InventoryLevel, later)
    engine.dispose()
    engine = open_database(database)
    assert rows(engine, InventoryLevel) == [level("a", 1).to_dict()]
    assert definition(engine, InventoryLevel) == later
    with engine.connect() as connection:
        assert [each.rereading for each in load(connection).values()] == [False]


@pytest.mark.parametrize("change", ["type", "key"])
def test_a_reader_empties_no_table_that_it_cannot_read(database: Settings, change: str) -> None:
    engine = with_a_row(database, level("a", 1))
    other = definition(engine, InventoryLevel)
    if change == "type":
        other["fields"]["on_hand"][0] = "int"
    else:
        other["key"] = ["store_id"]
    define(engine, InventoryLevel, other)
    with pytest.raises(UserError, match="inventory_levels of the read model is of another version"):
        open_database(database)
    assert len(rows(engine, InventoryLevel)) == 1


def test_tables_of_the_same_contracts_stay_as_they_are(database: Settings) -> None:
    with_a_row(database, level("a", 1)).dispose()
    engine = open_database(database)
    assert len(rows(engine, InventoryLevel)) == 1
    with engine.connect() as connection:
        assert [each.rereading for each in load(connection).values()] == [False]


def test_a_reader_names_computed_figures_that_lack_a_column_of_its_version(
    database: Settings,
) -> None:
    engine = open_database(database, fills=True)
    columns = [column.name for column in SHELVES.c if column.name != "barcodes"]
    row = {"table_name": SHELVES.name, "definition": json.dumps({"columns": columns})}
    with writing(engine) as connection:
        connection.execute(insert(DEFINITIONS), row)
    with pytest.raises(
        UserError, match="The table shelves of the read model is of another version"
    ):
        open_database(database)
    open_database(database, fills=True).dispose()
    with writing(engine) as connection:
        later = json.dumps({"columns": [*columns, "barcodes", "colour"]})
        connection.execute(
            DEFINITIONS.update()
            .values(definition=later)
            .where(DEFINITIONS.c.table_name == SHELVES.name)
        )
    open_database(database).dispose()
    engine.dispose()
