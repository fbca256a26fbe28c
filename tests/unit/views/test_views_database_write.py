"""Rows of a batch that one statement writes."""

import pytest
from sqlalchemy import select

from connect.record_consumer import Received
from connect.settings import Settings
from schemas.generated import InventoryLevel, SalesPerMinute
from schemas.record import Record
from tests.support.store_records import level, sold
from views.database.conflation import Batch
from views.database.engine import open_database, writing
from views.database.tables import TABLES
from views.database.write import write


def rows_after(settings: Settings, *batches: list[Record]) -> list[Record]:
    """Write batches; return the records of their table."""
    record_type = type(batches[0][0])
    engine = open_database(settings)
    for number, records in enumerate(batches):
        received = [Received(record_type.TOPIC, 0, number, record) for record in records]
        with writing(engine) as connection:
            write(connection, Batch(received).changes)
    with engine.connect() as connection:
        rows = connection.execute(select(TABLES[record_type])).mappings().all()
    engine.dispose()
    return [record_type.from_dict(dict(row)) for row in rows]


@pytest.mark.parametrize("versions", [(1, 2), (2, 1)])
def test_two_keys_that_the_database_holds_as_one_are_one_row_with_the_higher_version(
    database: Settings, versions: tuple[int, int]
) -> None:
    first, second = versions
    batch: list[Record] = [
        level("a\0", 1, version=first),
        level("a\u2400", 2, version=second),
        level("b", 3),
    ]
    rows = rows_after(database, batch)
    assert sorted(row.key() for row in rows) == [("S1", "a\u2400"), ("S1", "b")]
    assert {row.on_hand for row in rows if isinstance(row, InventoryLevel)} == {
        3,
        1 if first > second else 2,
    }


def test_commas_quotes_braces_and_null_in_a_batch_are_text(database: Settings) -> None:
    skus = ['"', "\\", "{}", "a,b", "NULL", "", " ", "\N{BANANA}", "'", "%s"]
    rows = rows_after(database, [sold(0, 3, sku) for sku in skus])
    assert sorted(row.sku for row in rows if isinstance(row, SalesPerMinute)) == sorted(skus)


def test_a_later_batch_of_a_lower_version_changes_nothing(database: Settings) -> None:
    batches: list[list[Record]] = [
        [level("a", 5, version=5), level("b", 5, version=5)],
        [level("a", 4, version=4), level("b", 6, version=6), level("c", 1, counted_at=None)],
    ]
    rows = {row.key()[1]: row for row in rows_after(database, *batches)}
    assert rows == {
        "a": level("a", 5, version=5),
        "b": level("b", 6, version=6),
        "c": level("c", 1),
    }
