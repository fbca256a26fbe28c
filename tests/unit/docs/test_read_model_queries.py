"""The queries of docs/read-model.md run on both databases and answer as the text says."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, insert, text

from connect.settings import Settings
from schemas.record import Record
from tests.support.markdown_files import ROOT
from tests.support.store_records import AT, level, order, product, sale, sales
from views.database.engine import open_database, writing
from views.database.read_offsets import Position
from views.database.read_offsets import replace as replace_offsets
from views.database.tables import INDEXES, METADATA, TABLES

PAGE = (ROOT / "docs" / "read-model.md").read_text("utf-8")
QUERIES: list[str] = re.findall(r"^```sql\n(.*?)```$", PAGE, re.MULTILINE | re.DOTALL)
RECORDS: tuple[Record, ...] = (
    level("milk", 0), level("tea", 0), level("bread", 5),
    product("milk", name="Milk"), product("tea", name="Tea"), product("bread"),
    replace(order("o1", 7), sku="milk"), replace(order("o2", 5), sku="milk"),
    replace(order("o3", 0), sku="tea"),
    replace(sale("e1"), sku="milk"),
    replace(sale("e2"), sku="milk", occurred_at=AT + timedelta(minutes=1), reference="r"),
    sale("e3"),
    sales(AT.date(), 3, "milk"), sales(AT.date(), 2, "ham"), sales(AT.date(), 350, "cheese"),
    replace(product("cheese"), unit="g"),
)  # fmt: skip


@pytest.fixture
def connection(database: Settings) -> Iterator[Connection]:
    engine = open_database(database)
    with writing(engine) as opened:
        for record in RECORDS:
            opened.execute(insert(TABLES[type(record)]), record.to_dict())
        positions = {("products", n): Position("id", 5, 0, 5 + n, AT) for n in range(3)}
        replace_offsets(opened, "products", positions)
    with engine.connect() as opened:
        yield opened


def query(name: str) -> str:
    (chosen,) = [each for each in QUERIES if f"from {name}" in each]
    return chosen


def answer(connection: Connection, name: str) -> list[Any]:
    return list(connection.execute(text(query(name))).all())


def test_every_query_runs(connection: Connection) -> None:
    assert len(QUERIES) == 5
    for each in QUERIES:
        connection.execute(text(each))


def test_empty_shelves_have_the_sum_of_what_is_on_its_way(connection: Connection) -> None:
    assert answer(connection, "inventory_levels") == [
        ("S1", "milk", "Milk", 12),
        ("S1", "tea", "Tea", None),
    ]


def test_movements_are_those_of_the_product_newest_first(connection: Connection) -> None:
    assert [row.reference for row in answer(connection, "stock_ledger")] == ["r", None]


def test_pieces_are_not_added_to_grams(connection: Connection) -> None:
    day = AT.date().isoformat()
    rows = answer(connection, "sales_by_day")
    assert rows == [(day, "S1", "each", 5), (day, "S1", "g", 350)]


def test_freshness_is_by_topic(connection: Connection) -> None:
    ((topic, _, to_read),) = answer(connection, "read_offsets")
    assert (topic, to_read) == ("products", 3)


def test_the_page_names_every_table_and_index() -> None:
    for record_type, table in TABLES.items():
        (line,) = re.findall(rf"^\| `{table.name}` \|.*$", PAGE, re.MULTILINE)
        for columns in INDEXES.get(record_type, ()):
            assert f"`{', '.join(columns)}`" in line
    for column in METADATA.tables["read_offsets"].columns:
        if column.name not in ("topic", "partition", "topic_id", "start_offset"):
            assert f"`{column.name}`" in PAGE
