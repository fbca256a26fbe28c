"""Today on a phone: three rows in view, rows that hold still under a finger, and two buttons."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import Engine, update

from schemas.generated import InventoryLevel, Store
from schemas.record import Record
from tests.support import browser
from tests.support.dashboard_process import dashboard_of
from tests.support.filled_database import refresh_all
from tests.support.page_database import filled
from tests.support.refused_messages import late_count_in
from tests.support.store_records import HOSTILE, level, product
from views.database.tables import TABLES

pytestmark = [
    pytest.mark.slow,
    browser.NEEDED,
]
SOON = 20_000
LEVELS = {"a": -9, "b": -7, "c": -5, "d": -3}


def change(engine: Engine, sku: str, on_hand: int) -> None:
    levels = TABLES[InventoryLevel]
    with engine.begin() as connection:
        connection.execute(update(levels).where(levels.c.sku == sku).values(on_hand=on_hand))
    refresh_all(engine, datetime.now(UTC))


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    records: list[Record] = [product("c", 10, HOSTILE)]
    records += [level(sku, units) for sku, units in LEVELS.items()]
    database = filled(tmp_path, records)
    refresh_all(database, datetime.now(UTC))
    yield database
    database.dispose()


@pytest.fixture
def phone(tmp_path: Path, engine: Engine) -> Iterator[Page]:
    del engine
    with dashboard_of(tmp_path) as address, browser.browser(390, 844) as page:
        page.goto(f"{address}/?store=S1")
        page.locator(".row").nth(3).wait_for(timeout=60_000)
        yield page


def order(page: Page) -> list[str]:
    rows: list[str] = page.locator(".row").evaluate_all("rows => rows.map(row => row.dataset.sku)")
    return rows


def test_rows_on_a_phone(phone: Page, engine: Engine) -> None:
    assert order(phone) == ["a", "b", "c", "d"]
    third = phone.locator(".row").nth(2).bounding_box()
    assert third is not None
    assert third["y"] + third["height"] <= 844
    for button in phone.locator(".row button").all():
        box = button.bounding_box()
        assert box is not None
        assert min(box["width"], box["height"]) >= 44
    # The name of a product is text, whatever is in it.
    assert HOSTILE.split()[0] in (phone.locator(".row").nth(2).text_content() or "")

    phone.locator(".row").nth(1).hover()
    before = phone.locator(".row").nth(1).bounding_box()
    change(engine, "d", -99)
    expect(phone.locator(".row[data-sku=d]")).to_contain_text("\u221299", timeout=SOON)
    assert order(phone) == ["a", "b", "c", "d"]
    change(engine, "a", 99)
    expect(phone.locator(".row.gone")).to_have_attribute("data-sku", "a", timeout=SOON)
    assert order(phone) == ["a", "b", "c", "d"]
    expect(phone.locator(".moved")).to_be_visible()
    assert phone.locator(".row").nth(1).bounding_box() == before
    phone.locator(".moved").click()
    phone.mouse.move(5, 5)
    expect(phone.locator(".row").first).to_have_attribute("data-sku", "d", timeout=SOON)
    expect(phone.locator(".row")).to_have_count(3, timeout=SOON)

    phone.locator(".row[data-sku=d] button").first.click()
    expect(phone.locator(".row")).to_have_count(2, timeout=SOON)
    phone.get_by_role("button", name="Show 1 hidden").click()
    expect(phone.locator(".row")).to_have_count(3, timeout=SOON)

    phone.locator(".row[data-sku=b] a").click()
    expect(phone).to_have_url(re.compile("product.*sku=b"), timeout=SOON)


def test_three_rows_are_in_view_below_a_count_that_came_too_late(tmp_path: Path) -> None:
    beer = product("DRI-0017", 10, "Johnston lager 0.5 l")
    station = Store(
        store_id="S01-Port-David",
        name="Port David Station",
        time_zone="Europe/Berlin",
        opening_hours=None,
    )
    shelves = [level(f"NEW-000{n}", -n, store=station.store_id) for n in range(1, 5)]
    late = late_count_in(station.store_id, 1, beer.sku)
    database = filled(tmp_path, [beer, station, *shelves, late])
    refresh_all(database, datetime.now(UTC))
    database.dispose()
    with dashboard_of(tmp_path) as address, browser.browser(390, 844) as page:
        page.goto(f"{address}/?store={station.store_id}")
        page.locator(".row").nth(3).wait_for(timeout=60_000)
        expect(page.get_by_text("A count came too late")).to_be_visible(timeout=SOON)
        third = page.locator(".row").nth(2).bounding_box()
        assert third is not None
        assert third["y"] + third["height"] <= 844
