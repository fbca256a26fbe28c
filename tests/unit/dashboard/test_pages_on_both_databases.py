"""Every page shows its figures, whichever database the read model has."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from connect.settings import Settings
from dashboard.web.page_parts import NO_DATABASE
from schemas.record import Record
from tests.support.page_database import write
from tests.support.page_test import OpenPage, html
from tests.support.store_records import entry, level, order, product, sold, transfer
from views.database.engine import open_database

PAGES = ("today", "stock", "product", "deliveries", "sales", "book")


def test_a_page_shows_its_figures_on_both_databases(opened: OpenPage, database: Settings) -> None:
    minute = datetime.now(UTC).replace(second=0, microsecond=0) - timedelta(minutes=5)
    engine = open_database(database)
    records: list[Record] = [
        product("a"),
        level("a", 1),
        level("a", 3, store="S2"),
        entry("e", "sale", -2, minute),
    ]
    records += [order("o", 5), transfer("t", 3, "S2"), replace(sold(0, 3), minute_start=minute)]
    write(engine, records)
    for page in PAGES:
        assert NO_DATABASE not in html(opened(engine, page, store="S1", sku="a")), page
    assert NO_DATABASE not in html(opened(engine, "")), "all stores"
    engine.dispose()
