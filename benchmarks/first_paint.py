"""Time in a browser until a page shows its figures, and until it shows another store."""

import shutil
import statistics
import time

from playwright.sync_api import Page, sync_playwright

from benchmarks.chain_records import sku, store_id
from benchmarks.targets import show

TABLE = "[data-testid=stDataFrame] canvas"
FIRST_FIGURES = {
    "today": (".row", ""),
    "stock": (TABLE, ""),
    "product": (".inv-book td", f"&sku={sku(0)}"),
    "deliveries": (TABLE, ""),
    "sales": ("[data-testid=stVegaLiteChart] .marks", ""),
    "book": ("input[type=text]", ""),
}
"""Page -> selector of its first figures, and further choices in its address."""
FLAGS = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"]
MILLISECONDS = 60_000
SETTLED = 2_000


def measured_in_browser(server: str, slower: float) -> None:
    """Print both times of the pages; each is opened with an empty cache.

    slower: factor by which they may be longer than on a chain of usual size.
    """
    chromium = shutil.which("chromium")
    if chromium is None:
        print("  no chromium on the PATH: no times in a browser")
        return
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        for name, (figures, more) in FIRST_FIGURES.items():
            context = browser.new_context(viewport={"width": 1366, "height": 768})
            page = context.new_page()
            begun = time.perf_counter()
            page.goto(f"{server}/{name}?store={store_id(0)}{more}")
            page.locator(figures).first.wait_for(timeout=MILLISECONDS)
            show(
                f"{name}, first figures in a browser", time.perf_counter() - begun, "s", 3 * slower
            )
            if name == "today":
                show("today, another store in a browser", another_store(page), "s", 0.7 * slower)
            context.close()
        browser.close()


def another_store(page: Page) -> float:
    """Choose three stores in turn on the page Today; return the median time to their rows."""
    page.wait_for_timeout(SETTLED)
    times = []
    for number in (1, 2, 3):
        store = store_id(number)
        page.get_by_role("combobox").first.click()
        page.keyboard.type(store)
        begun = time.perf_counter()
        page.keyboard.press("Enter")
        page.locator(f".row a[href*='store={store}']").first.wait_for(timeout=MILLISECONDS)
        times.append(time.perf_counter() - begun)
    return statistics.median(times)
