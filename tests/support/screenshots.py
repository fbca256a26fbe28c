"""Pictures of every page of a running pipeline: python -m tests.support.screenshots."""

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Literal, NamedTuple
from urllib.parse import urlencode

from playwright.sync_api import Page, expect
from sqlalchemy import Engine, select

import dashboard
from connect.settings import Settings
from dashboard.queries.store_list import known_stores
from dashboard.text.pipeline_words import UNKNOWN_LOAD
from schemas.generated import InventoryLevel, LedgerEntry
from tests.support import browser
from views.database.engine import open_database
from views.database.tables import TABLES

FOLDER = Path(dashboard.__file__).parent.parent / "docs" / "pages"
SECONDS = 10
"""Time after the start at which a page must have something to show."""
START, ALL_STORES = "today", "all-stores"
PAGES = (START, "stock", "product", "deliveries", "sales", "book", "pipeline", ALL_STORES)
HEIGHTS = {"product": 1_500}
"""Of the page whose answer stands at its end, in pixels."""
PATIENCE = 30_000
"""Maximum time until a page is complete, milliseconds."""


class Look(NamedTuple):
    """One way to look at a page."""

    width: int
    height: int
    scheme: Literal["light", "dark"]


LOOKS = {
    "light": Look(1280, 800, "light"),
    "dark": Look(1280, 800, "dark"),
    "phone": Look(390, 844, "light"),
}


def main() -> None:
    time.sleep(SECONDS)
    settings = Settings.from_environment()
    addresses = dict(pages(settings, open_database(settings)))
    FOLDER.mkdir(exist_ok=True)
    for name, look in LOOKS.items():
        with browser.browser(look.width, look.height) as page:
            page.emulate_media(color_scheme=look.scheme)
            for title, address in addresses.items():
                height = HEIGHTS.get(title, look.height)
                page.set_viewport_size({"width": look.width, "height": height})
                page.goto(address)
                wait(page)
                page.screenshot(path=FOLDER / f"{title}-{name}.png")
                print(f"docs/pages/{title}-{name}.png")


def pages(settings: Settings, engine: Engine) -> Iterator[tuple[str, str]]:
    """Yield name and address of each page, of a store and of a product of it that was counted."""
    ledger, levels = TABLES[LedgerEntry].c, TABLES[InventoryLevel].c
    store = next(iter(known_stores(engine)))
    counted = select(ledger.sku).where(ledger.store_id == store, ledger.kind == "count")
    with engine.connect() as connection:
        sku = connection.scalar(counted.order_by(ledger.occurred_at.desc()).limit(1))
        if sku is None:  # the history is still being read
            sku = connection.scalar(select(levels.sku).where(levels.store_id == store).limit(1))
    home = f"http://{settings.host}:{settings.dashboard_port}"
    for name in PAGES:
        choices = {"store": store}
        if name in ("product", "book"):
            choices |= {"sku": str(sku), "by": "Ada"}
        path = "" if name == START else name
        yield name, home if name == ALL_STORES else f"{home}/{path}?{urlencode(choices)}"


def wait(page: Page) -> None:
    """Wait until a page is complete and at rest."""
    page.locator(".inv-h2, .inv-choices, .inv-unknown").first.wait_for(timeout=PATIENCE)
    page.wait_for_timeout(3_000)
    expect(page.get_by_text(UNKNOWN_LOAD)).to_have_count(0, timeout=PATIENCE)
    page.wait_for_function("!document.querySelector('[data-stale=true]')", timeout=PATIENCE)


if __name__ == "__main__":
    main()
