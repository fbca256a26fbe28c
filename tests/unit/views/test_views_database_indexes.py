"""Queries of the read model look up rows in indexes, however large the tables are."""

from datetime import UTC
from pathlib import Path

from sqlalchemy import Engine, event, text

from connect.settings import Settings
from schemas.clock import utc_now
from schemas.record import Record
from tests.support.databases import empty_database
from tests.support.page_database import filled
from tests.support.store_records import level, order, product, sales, sold, transfer
from views.business_days import BusinessDays
from views.database.engine import open_database, writing
from views.database.shelves import refresh

DAYS = BusinessDays(UTC)
INDEX = "sales_per_minute_by_store_id_sku_minute_start"


def plans(engine: Engine) -> list[str]:
    """Compute a shelf again; return the lines of the plans of all its queries."""
    executed: list[tuple[str, object]] = []

    def note(*arguments: object) -> None:
        _, _, statement, parameters, _, _ = arguments
        if str(statement).startswith("SELECT"):
            executed.append((str(statement), parameters))

    with writing(engine) as connection:
        event.listen(connection, "before_cursor_execute", note)
        refresh(connection, [("S1", "a")], utc_now(), DAYS)
        event.remove(connection, "before_cursor_execute", note)
        lines = []
        for statement, parameters in executed:
            explain = f"explain query plan {statement}"
            rows = connection.exec_driver_sql(explain, parameters)  # type: ignore[arg-type]
            lines += [str(row[3]) for row in rows]
    return lines


def test_a_shelf_is_computed_from_the_rows_of_its_store_and_product_only(tmp_path: Path) -> None:
    now = utc_now()
    records: list[Record] = [level("a", 1), product("a"), order("o", 1), transfer("t", 1)]
    engine = filled(tmp_path, [*records, sales(now.date(), 1), sold(0, 1)])
    others = "chosen_shelves", "TEMP", "CORRELATED SCALAR SUBQUERY"
    read = [line for line in plans(engine) if not any(each in line for each in others)]
    assert len(read) >= 7
    for line in read:
        assert line.startswith("SEARCH"), line
        assert "sku=?" in line, line


def test_a_database_without_an_index_gets_it_when_it_is_opened(database: Settings) -> None:
    for _ in range(2):
        engine = open_database(database)
        with writing(engine) as connection:
            connection.execute(text(f"drop index {INDEX}"))
        engine.dispose()


def test_postgresql_keeps_no_keys_of_shelves_that_were_computed_before(postgresql: str) -> None:
    with empty_database(postgresql) as url, open_database(Settings(database=url)).connect() as kept:
        for _ in range(3):
            refresh(kept, [("S1", f"{number}") for number in range(500)], utc_now(), DAYS)
            kept.commit()
        assert kept.scalar(text("select pg_relation_size('chosen_shelves')")) == 0
