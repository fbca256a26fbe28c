"""Every page shows its figures, whichever database the read model has."""

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta

from connect.settings import Settings
from dashboard.web.page_parts import NO_DATABASE
from schemas.record import Record
from tests.support.page_database import write
from tests.support.page_test import OpenPage, charts, html
from tests.support.store_records import entry, level, order, product, sales, sold, transfer
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
    day = (minute - timedelta(days=2)).date()
    noon = datetime.combine(day, time(12), UTC)
    records += [sales(day, 4, version=2), entry("f", "sale", -7, noon)]
    records += [entry("g", "return", 3, noon + timedelta(minutes=59))]
    write(engine, records)
    for page in PAGES:
        assert NO_DATABASE not in html(opened(engine, page, store="S1", sku="a")), page
    assert NO_DATABASE not in html(opened(engine, "")), "all stores"
    hours = charts(opened(engine, "sales", store="S1", day=str(day)))[1]
    assert (hours["sold"][12], hours["returned"][12]) == (7, 3)
    assert (sum(hours["sold"]), sum(hours["returned"])) == (7, 3)
    engine.dispose()
