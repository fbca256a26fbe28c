"""Seconds from a sale until an open page shows it, on a running pipeline under load.

Twenty sales of one product, a random time apart; its page Product is open in Chromium. Gate, job,
read model, dashboard and browser all take part; sales of other shelves go on beside it.

Takes 2 minutes.
"""

import os
import random
import shutil
import statistics
import sys
import threading
import time
from itertools import count

import click
from playwright.sync_api import Page, sync_playwright

from benchmarks.chain_records import PRICE, PRODUCTS, sku, store_id
from benchmarks.first_paint import FLAGS, MILLISECONDS
from benchmarks.pipeline import pipeline, start_job
from benchmarks.targets import show
from contracts.publisher import Publisher
from schemas.clock import utc_now
from schemas.generated import EVENTS, InventoryLevel, StockCount, Transaction
from stack.runtime import Stack
from views.reader import TopicReader

PROBES = 20
COUNTED = 900
SETTLED_SECONDS = 5
FIGURE = "[data-testid=stMetricValue]"
"""The first one of the page Product is what is on hand."""
NOTE = """selector => {
  window.shownAt = {};
  const look = () => {
    const text = document.querySelector(selector)?.innerText.trim();
    if (text) window.shownAt[text] ??= Date.now() / 1000;
  };
  new MutationObserver(look)
    .observe(document.body, {subtree: true, childList: true, characterData: true});
}"""
"""Notes in the page when each text was shown first: a question from outside would come later."""


class Tills:
    """Counts every shelf, then sells: at random, and one unit of the first shelf for each probe."""

    def __init__(self, publisher: Publisher, levels: int) -> None:
        self._publisher, self._levels = publisher, levels
        self._numbers = count()
        self._stopped = threading.Event()

    def count_all(self) -> None:
        for number in range(self._levels):
            now = utc_now()
            self._publisher.send(
                StockCount(
                    event_id=f"count-{number}",
                    store_id=store_id(number // PRODUCTS),
                    sku=sku(number % PRODUCTS),
                    quantity=COUNTED,
                    counted_at=now,
                    recorded_at=now,
                )
            )
        self._publisher.flush()

    def sell(self, shelf: int) -> None:
        number, now = next(self._numbers), utc_now()
        self._publisher.send(
            Transaction(
                event_id=f"sale-{number}",
                receipt_id=f"receipt-{number}",
                line_no=1,
                terminal_id="1",
                store_id=store_id(shelf // PRODUCTS),
                sku=sku(shelf % PRODUCTS),
                quantity=1,
                line_amount=PRICE,
                currency="CHF",
                occurred_at=now,
                recorded_at=now,
            )
        )

    def go_on(self, rate: float) -> None:
        """Sell of the other shelves until `stop`. rate: sales a second."""
        chance, begun = random.Random(1), time.perf_counter()
        for number in count():
            while (ahead := begun + number / rate - time.perf_counter()) > 0:
                if self._stopped.wait(ahead):
                    return
            self.sell(chance.randrange(1, self._levels))

    def stop(self) -> None:
        self._stopped.set()


def until_published(stack: Stack, levels: int) -> None:
    reader = TopicReader(stack.settings, [InventoryLevel])
    keys: set[object] = set()
    while len(keys) < levels:
        keys |= {each.key() for each in reader.read(10_000, 1) if isinstance(each, InventoryLevel)}
    reader.close()


def probed(page: Page, tills: Tills) -> list[float]:
    """Return the seconds from each sale until the page showed it."""
    chance, delays = random.Random(2), []
    page.evaluate(NOTE, FIGURE)
    for on_hand in range(COUNTED - 1, COUNTED - 1 - PROBES, -1):
        page.wait_for_timeout(chance.uniform(1000, 2000))
        begun = time.time()
        tills.sell(0)
        shown = page.wait_for_function(
            "text => window.shownAt[text]", arg=str(on_hand), timeout=MILLISECONDS
        ).json_value()
        delays.append(float(shown) - begun)
    return delays


@click.command(help=__doc__)
@click.option("--levels", default=400, show_default=True, help="Number of shelves.")
@click.option("--rate", default=20, show_default=True, help="Sales of other shelves a second.")
def main(levels: int, rate: int) -> None:
    chromium = shutil.which("chromium")
    if chromium is None:
        sys.exit("This benchmark needs a chromium on the PATH.")
    with (
        pipeline(gate="on", checkpoint_seconds=10) as stack,
        Publisher(stack.settings, EVENTS) as publisher,
        sync_playwright() as playwright,
    ):
        start_job(stack)
        stack.names += ["views", "dashboard"]
        for name in ("views", "dashboard"):
            stack.start(name)
            stack.wait(name)
        tills = Tills(publisher, levels)
        tills.count_all()
        until_published(stack, levels)
        browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        page = browser.new_page(viewport={"width": 1366, "height": 768})
        server = f"http://{stack.settings.host}:{stack.settings.dashboard_port}"
        page.goto(f"{server}/product?store={store_id(0)}&sku={sku(0)}")
        page.locator(FIGURE, has_text=str(COUNTED)).first.wait_for(timeout=MILLISECONDS)
        load = threading.Thread(target=tills.go_on, args=[rate], daemon=True)
        load.start()
        time.sleep(SETTLED_SECONDS)
        delays = probed(page, tills)
        tills.stop()
        load.join()
        browser.close()
        print(f"{levels:,} levels, {rate} sales a second, load {os.getloadavg()[0]:.1f}")
        show("sale to screen, median", statistics.median(delays), "s", 1.2)
        show("sale to screen, worst", max(delays), "s", 3)


if __name__ == "__main__":
    main()
