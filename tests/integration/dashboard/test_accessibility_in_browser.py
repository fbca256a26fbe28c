"""Each page for people who see badly, use no mouse, or read in the dark: axe-core in Chromium."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from schemas.record import Record
from tests.support import browser
from tests.support.dashboard_process import dashboard_of
from tests.support.page_database import filled
from tests.support.store_records import entry, level, order, product, sold, transfer

pytestmark = [
    pytest.mark.slow,
    browser.NEEDED,
]
SOON = 30_000
"""Maximum time until a page shows something, milliseconds."""
PATIENCE = 6
FORBIDDEN = {"serious", "critical"}
NOW = datetime.now(UTC)
SHOWN = {
    "": ".row",
    "stock": browser.DRAWN,
    "product": ".inv-book",
    "deliveries": "[data-testid=stDataFrame]",
    "sales": ".inv-h2",
    "book": "text=Scan or type",
    "pipeline": ".inv-h2",
}
"""Sign by which a page is complete, by its address; "": Today, the start page."""
TARGETS = (
    ".stMainBlockContainer :is(a, button, summary, div:has(> input)), "
    ".stMultiSelect div:has(input), [data-testid=stExpandSidebarButton]"
)
"""Targets for a finger; the frame around an input is one."""
RECORDS: list[Record] = [
    product("007", 10, "Milk", "Dairy"),
    product("008", 10, "Bread", "Bakery"),
    level("007", 7),
    level("008", 0),
    level("009", -2),
    level("007", 50, store="S2"),
    order("late", 5, NOW - timedelta(days=1), sku="007"),
    transfer("t", 3, sku="007"),
    replace(sold(0, 4, "007"), minute_start=NOW.replace(second=0, microsecond=0)),
]


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("state")
    filled(folder, [*RECORDS, entry("count", "count", 7, NOW, "007")])
    with dashboard_of(folder) as address:
        yield address


def faults(page: Page) -> list[str]:
    """Return what axe-core calls serious or critical of a page at rest, in a line each."""
    for _ in range(PATIENCE):
        if not (seen := _faults_now(page)):
            break
        page.wait_for_timeout(1_000)  # what is drawn for the first time fades in
    return seen


def _faults_now(page: Page) -> list[str]:
    violations: list[dict[str, Any]] = Axe().run(page).response["violations"]
    return [
        f"{each['impact']} {each['id']}: {node['html'][:200]} {node['failureSummary']}"
        for each in violations
        if each["impact"] in FORBIDDEN
        for node in each["nodes"]
    ]


def test_from_the_start_to_why_is_few_presses_of_a_key_and_both_pages_are_accessible(
    address: str,
) -> None:
    with browser.browser() as page:
        page.goto(f"{address}/?store=S1")
        row = page.locator(".row", has_text="Milk").locator("a")
        expect(row).to_be_visible(timeout=SOON)
        assert faults(page) == []
        presses = 0
        while not row.evaluate("link => link.getRootNode().activeElement === link"):
            page.keyboard.press("Tab")
            presses += 1
            assert presses <= 30
        page.keyboard.press("Enter")
        expect(page.get_by_text("Why 7?")).to_be_visible(timeout=SOON)
        assert faults(page) == []


@pytest.mark.nightly
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1400])
@pytest.mark.parametrize("name", SHOWN)
def test_axe_finds_nothing_serious(address: str, name: str, width: int, scheme: Any) -> None:
    sku = "007" if name == "product" else "00"
    with browser.browser(width, 844) as page:
        page.emulate_media(color_scheme=scheme)
        page.goto(f"{address}/{name}?store=S1&by=Ada&sku={sku}")
        expect(page.locator(SHOWN[name]).first).to_be_visible(timeout=SOON)
        assert faults(page) == []


@pytest.mark.nightly
@pytest.mark.parametrize("name", SHOWN)
def test_a_page_follows_the_browser_into_the_dark_and_back(address: str, name: str) -> None:
    with browser.browser() as page:
        page.goto(f"{address}/{name}?store=S1&by=Ada&sku=007")
        ground = "getComputedStyle(document.querySelector('.stApp')).backgroundColor"
        for scheme, colour in (("light", "rgb(255, 255, 255)"), ("dark", "rgb(16, 23, 29)")):
            page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
            page.wait_for_function(f"{ground} === '{colour}'", timeout=SOON)


@pytest.mark.nightly
@pytest.mark.parametrize("name", ["", "stock", "product", "deliveries", "sales", "book"])
def test_targets_can_be_touched_on_a_phone(address: str, name: str) -> None:
    with browser.browser(390, 844) as page:
        page.goto(f"{address}/{name}?store=S1&by=Ada&sku=007")
        expect(page.locator(".inv-title")).to_be_visible(timeout=SOON)
        page.wait_for_timeout(2_000)
        small = page.locator(TARGETS).evaluate_all(
            "all => all.map(each => [each.outerHTML.slice(0, 150),"
            " each.getBoundingClientRect()])"
            ".filter(([, box]) => box.height > 0 && box.height < 44).map(([html]) => html)"
        )
        assert small == []
