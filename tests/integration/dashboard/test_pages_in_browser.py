"""The pages in a real browser, on a database that the test fills in place of the read model."""

import re
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import permutations
from math import inf

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import Engine, delete

from schemas.generated import InventoryLevel
from schemas.record import Record
from tests.support import browser
from tests.support.counting_proxy import counting_proxy
from tests.support.dashboard_process import dashboard_of
from tests.support.page_database import filled, write
from tests.support.store_records import HOSTILE, entry, level, order, product, sales, sold
from views.database.engine import writing
from views.database.tables import TABLES

pytestmark = [
    pytest.mark.slow,
    browser.NEEDED,
]
SOON = 30_000
"""Maximum time until the page shows a change, milliseconds."""
NOW = datetime(2026, 5, 1, 8, tzinfo=UTC)
LEVELS = TABLES[InventoryLevel]
PATHS = (
    "today",
    "today?store=S1",
    "stock?store=S1",
    "product?store=S1&sku=007",
    "deliveries?store=S1",
    "sales?store=S1",
    "book?store=S1",
    "pipeline",
)
"""Addresses of all pages."""
KEEP_WHAT_IS_DRAWN = """
window.drawn = new Set();
const draw = CanvasRenderingContext2D.prototype.fillText;
CanvasRenderingContext2D.prototype.fillText = function (text, ...more) {
  window.drawn.add(text);
  return draw.call(this, text, ...more);
};
"""
"""A script that keeps what tables draw: their elements for screen readers have bare numbers."""
RECORDS: list[Record] = [
    product("007", 10, "Milk", "Dairy"),
    product("008", 10, HOSTILE),
    level("007", 4),
    level("008", 0),
    level("007", -1234567, store="S2"),
    order("o", 5, sku="008"),
]


@dataclass(frozen=True, slots=True)
class Server:
    """A dashboard and its database."""

    address: str
    engine: Engine


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("state")
    now = datetime.now(UTC).replace(second=0, microsecond=0)
    minute = replace(sold(0, 3, "007"), minute_start=now - timedelta(minutes=10))
    engine = filled(folder, [*RECORDS, minute, sales(now.date(), 3, "007")])
    with dashboard_of(folder) as address:
        yield Server(address, engine)


@pytest.fixture
def page(server: Server) -> Iterator[Page]:
    del server
    with browser.browser() as opened:
        yield opened


def heading(page: Page, text: str | re.Pattern[str]) -> None:
    """Wait for a heading with a note."""
    expect(page.locator(".inv-h2").filter(has_text=text)).to_have_count(1, timeout=SOON)


def of_hours(hours: str) -> re.Pattern[str]:
    """Return what the heading of the units by hour matches."""
    return re.compile(f"Units by hour.*{hours} [(]UTC[)]")


def address(page: Page, path: str, *choices: str) -> None:
    """Wait for an address with exactly some choices, in any order."""
    orders = ("&".join(order) for order in permutations(choices))
    either = "|".join(map(re.escape, orders))
    expect(page).to_have_url(re.compile(f"{path}\\?({either})$"), timeout=SOON)


def test_a_choice_is_in_the_address_and_a_reload_keeps_it(server: Server, page: Page) -> None:
    page.goto(f"{server.address}/sales?store=S1")
    heading(page, "Units by hour")
    page.get_by_role("slider").first.press("ArrowRight")
    address(page, "/sales", "store=S1", "hours=1", "hours=24")
    heading(page, of_hours("01:00 to 24:00"))
    page.reload()
    heading(page, of_hours("01:00 to 24:00"))
    address(page, "/sales", "store=S1", "hours=1", "hours=24")


def test_the_stock_is_searched_and_sorted_by_its_address(server: Server, page: Page) -> None:
    page.goto(f"{server.address}/stock?store=S1")
    heading(page, "Products2 found, most urgent")
    page.get_by_label("Find a product").fill("milk")
    page.keyboard.press("Enter")
    heading(page, "Products1 found, most urgent")
    address(page, "/stock", "store=S1", "find=milk")
    page.goto(f"{server.address}/stock?store=S1&find=milk&sort=name")
    heading(page, "Products1 found, name")
    expect(page.get_by_label("Find a product")).to_have_value("milk")
    expect(page.locator(browser.DRAWN)).to_have_count(1, timeout=SOON)


def test_pages_keep_the_store_and_back_leads_through_them(server: Server, page: Page) -> None:
    page.goto(f"{server.address}/sales?store=S1&hours=9&hours=12")
    heading(page, of_hours("09:00 to 12:00"))
    page.get_by_role("link", name="Deliveries").click()
    address(page, "/deliveries", "store=S1")
    heading(page, "Orders under way1, 1 late")
    page.go_back()
    address(page, "/sales", "store=S1", "hours=9", "hours=12")
    heading(page, of_hours("09:00 to 12:00"))


def test_one_press_of_back_undoes_one_choice(server: Server, page: Page) -> None:
    page.goto(f"{server.address}/stock?store=S1")
    heading(page, "Products2 found, most urgent")
    page.get_by_label("Find a product").fill("milk")
    page.keyboard.press("Enter")
    heading(page, "Products1 found, most urgent")
    choose = page.get_by_label("Sort by")
    choose.click()
    page.get_by_role("option", name="name", exact=True).click()
    heading(page, "Products1 found, name")
    page.go_back()
    heading(page, "Products1 found, most urgent")
    address(page, "/stock", "store=S1", "find=milk")
    page.go_back()
    heading(page, "Products2 found, most urgent")
    expect(page.get_by_label("Find a product")).to_have_value("")
    address(page, "/stock", "store=S1")
    page.go_forward()
    heading(page, "Products1 found, most urgent")
    expect(page.get_by_label("Find a product")).to_have_value("milk")


def test_an_unknown_store_has_a_list_that_leads_to_one(server: Server, page: Page) -> None:
    page.goto(f"{server.address}/deliveries?store=S9")
    expect(page.get_by_text("There is no store S9.")).to_be_visible(timeout=SOON)
    page.get_by_role("link", name="S2").click()
    heading(page, "Orders under waynone")
    address(page, "/deliveries", "store=S2")


def test_a_change_is_shown_without_a_reload_and_redraws_nothing_else(
    server: Server, page: Page
) -> None:
    page.goto(f"{server.address}/deliveries?store=S1")
    heading(page, "Orders under way1, 1 late")
    table = page.get_by_test_id("stDataFrame")
    expect(table).to_have_count(1, timeout=SOON)
    page.evaluate(
        "window.notReloaded = true;"
        "window.table = document.querySelector('[data-testid=stDataFrame]')"
    )
    write(server.engine, [order("p", 5)])
    heading(page, "Orders under way2, 2 late")
    assert page.evaluate("window.notReloaded && window.table.isConnected")
    assert page.locator("script:has-text('alert')").count() == 0


def test_while_nothing_moves_what_a_page_shows_is_not_sent_again(
    server: Server, page: Page
) -> None:
    sent: list[bytes] = []
    page.on(
        "websocket",
        lambda socket: socket.on("framereceived", lambda data: sent.append(_bytes(data))),
    )
    page.goto(f"{server.address}/stock?store=S1")
    expect(page.locator(browser.DRAWN)).to_have_count(1, timeout=SOON)
    assert any(b"Milk" in each for each in sent)
    page.wait_for_timeout(2_000)  # until the browser has what each part sends
    sent.clear()
    page.wait_for_timeout(3_000)
    assert sent
    assert not [each[:300] for each in sent if b"Milk" in each]


def test_while_nothing_moves_no_page_costs_more_than_half_a_kilobyte_a_second(
    server: Server, page: Page
) -> None:
    seconds, at_rest = 6, 500
    costs = dict.fromkeys(PATHS, inf)
    with ExitStack() as stack:
        proxies = {}
        for path in PATHS:
            proxies[path] = stack.enter_context(counting_proxy(server.address))
            page.context.new_page().goto(f"{proxies[path].address}/{path}")
        page.wait_for_timeout(6_000)  # until the browser has what each part sends
        # A busy machine draws a page later, and words change when a minute begins.
        end = time.monotonic() + 30
        while max(costs.values()) > at_rest and time.monotonic() < end:
            for proxy in proxies.values():
                proxy.received = 0
            page.wait_for_timeout(1_000 * seconds)
            for path, proxy in proxies.items():
                costs[path] = min(costs[path], proxy.received / seconds)
    assert all(costs.values())
    assert not {path: cost for path, cost in costs.items() if cost > at_rest}


def _bytes(data: bytes | str) -> bytes:
    return data.encode() if isinstance(data, str) else data


def test_links_of_a_phone_can_be_touched(server: Server) -> None:
    with browser.browser(390, 844) as phone:
        phone.goto(f"{server.address}/deliveries")
        link = phone.get_by_role("link", name="S1")
        expect(link).to_be_visible(timeout=SOON)
        box = link.bounding_box()
        assert box is not None
        assert box["height"] >= 44


def test_on_a_phone_the_tools_of_a_table_cover_no_heading(server: Server) -> None:
    with browser.browser(390, 844) as phone:
        phone.goto(f"{server.address}/stock?store=S1")
        table = phone.get_by_test_id("stDataFrame")
        expect(table).to_be_visible(timeout=SOON)
        table.hover()
        expect(table.get_by_test_id("stElementToolbar")).to_be_hidden()


def test_numbers_are_in_one_locale_whatever_that_of_the_browser(server: Server) -> None:
    with browser.browser(locale="de-DE") as german:
        german.add_init_script(KEEP_WHAT_IS_DRAWN)
        for path in ("stock?store=S2", "product?store=S2&sku=007"):
            german.goto(f"{server.address}/{path}")
            german.wait_for_function("window.drawn.has('\u22121,234,567')", timeout=SOON)
            assert not german.evaluate("window.drawn.has('\u22121.234.567')")


def test_a_scan_replaces_the_one_before(server: Server, page: Page) -> None:
    for path, label in (("book?store=S1&by=Ada", "Scan or type a code"), ("product", "Product")):
        page.goto(f"{server.address}/{path}")
        code = page.get_by_role("textbox", name=label)
        code.click()
        for sku in ("007", "008"):
            page.keyboard.type(sku)
            page.keyboard.press("Enter")
            heading(page, re.compile(f"{sku}(,|$)"))
        code.blur()
        code.click()
        page.keyboard.type("007")
        expect(code).to_have_value("007")


def test_a_count_on_a_phone_is_booked_once_and_shown_when_the_books_have_it(
    server: Server,
) -> None:
    with browser.browser(390, 844) as phone:
        phone.goto(f"{server.address}/book?store=S1&by=Ada")
        code = phone.get_by_label("Scan or type a code or name")
        expect(code).to_be_visible(timeout=SOON)
        code.type("007")
        phone.keyboard.press("Enter")  # as a scanner does
        heading(phone, "Milk007, 4 on hand")
        units = phone.get_by_label("Units found", exact=True)
        units.fill("-3")
        button = phone.get_by_role("button", name="Book", exact=True)
        button.click()
        wrong = phone.get_by_text("Units found: enter a whole number from 0 to 1,000,000, not “-3”")
        expect(wrong).to_be_visible(timeout=SOON)
        units.fill("12")
        box = button.bounding_box()
        assert box is not None
        assert box["height"] >= 44
        assert box["y"] + box["height"] <= 844
        event_id = re.findall("booking=(booking-[0-9a-f]{32})", phone.url)[0]
        button.dblclick()
        expect(phone.get_by_text("Booked by Ada")).to_be_visible(timeout=SOON)
        address(phone, "/book", "store=S1", "by=Ada", f"booking={event_id}")
        phone.goto(f"{phone.url}&sku=007")  # as a reload before the address has lost the code
        expect(phone.get_by_text("Booked by Ada")).to_be_visible(timeout=SOON)
        address(phone, "/book", "store=S1", "by=Ada", f"booking={event_id}")
        counted = entry(event_id, "count", 12, NOW, "007")
        with writing(server.engine) as connection:
            connection.execute(
                delete(LEVELS).where(LEVELS.c.store_id == "S1", LEVELS.c.sku == "007")
            )
        write(server.engine, [counted, level("007", 12, last_movement_at=NOW)])
        shown = phone.get_by_text("Counted 12, was 4; the books say 12 since 10:00:00")
        expect(shown).to_be_visible(timeout=SOON)
        phone.get_by_role("button", name="Next booking").click()
        expect(code).to_have_value("", timeout=SOON)
        assert event_id not in phone.url
