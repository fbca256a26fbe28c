"""Ten causes of old or missing figures on a running pipeline: ten sentences, and nothing green."""

import os
import shutil
import signal
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from decimal import Decimal
from functools import partial

import pytest
from playwright.sync_api import Error, Page, expect
from rich.console import Console

from contracts.publisher import Publisher
from schemas.clock import utc_now
from schemas.generated import Transaction
from stack.runtime import Stack
from tests.support import browser
from views.database.engine import SQLITE_FILE

pytestmark = [
    pytest.mark.slow,
    pytest.mark.nightly,
    browser.NEEDED,
]
WITHIN = 6.0
"""Seconds within which a page says the truth."""
PATIENCE = 180_000
"""Maximum time until a page has recovered, milliseconds."""
STALL_SECONDS = 3.0
HOUR_OF_UNITS = 100_000
"""Units sold at once: without sales, a store misses dozens of them each second."""
SLOW_LINE = 35.0
"""Seconds after which no sale of a minute is on its way any more."""
BOTH, OTHER, NONE = ("S1", "S2"), ("S2",), ()
GREENS = """() => {
  const green = (colour) => {
    const scale = colour.startsWith("color(") ? 255 : 1;
    const [r, g, b] = (colour.match(/[\\d.]+/g) || []).map((each) => scale * each);
    return g > r + 30 && g > b + 20;
  };
  return [...document.querySelectorAll("body *")].filter((each) => {
    const style = getComputedStyle(each);
    return each.checkVisibility() && [style.color, style.backgroundColor, style.fill].some(green);
  }).map((each) => each.outerHTML.slice(0, 120));
}"""


class Tills(threading.Thread):
    """Sells one unit in each of some stores, several times a second."""

    def __init__(self, stack: Stack) -> None:
        super().__init__(daemon=True)
        self.stores: tuple[str, ...] = BOTH
        self._stack, self._stopped, self._sales = stack, threading.Event(), 0

    def run(self) -> None:
        with Publisher(self._stack.settings, [Transaction]) as publisher:
            publisher.send(self._sale("S1", HOUR_OF_UNITS))
            while not self._stopped.wait(0.3):
                for store_id in self.stores:
                    publisher.send(self._sale(store_id))
                publisher.poll()

    def stop(self) -> None:
        self._stopped.set()
        self.join(30)

    def _sale(self, store_id: str, quantity: int = 1) -> Transaction:
        self._sales += 1
        now = utc_now()
        return Transaction(
            event_id=f"sale-{self._sales}", receipt_id=f"receipt-{self._sales}", line_no=1,
            store_id=store_id, terminal_id="till", sku="milk", quantity=quantity,
            line_amount=Decimal(1), currency="EUR", occurred_at=now, recorded_at=now,
        )  # fmt: skip


class Shop:
    """A running pipeline, its tills and a page that stays open."""

    def __init__(self, stack: Stack, tills: Tills, page: Page) -> None:
        self.stack, self.tills, self.page = stack, tills, page
        settings = stack.settings
        self.address = f"http://{settings.host}:{settings.dashboard_port}/stock?store=S1"

    def pid(self, name: str) -> int:
        pid = self.stack.pid(name)
        assert pid
        return pid

    def recovered(self, page: Page) -> None:
        line = page.locator(".inv-fresh")
        expect(line).to_have_attribute("data-state", "live", timeout=PATIENCE)


@pytest.fixture(scope="module")
def shop() -> Iterator[Shop]:
    changes = {"checkpoint_seconds": 2, "stall_seconds": STALL_SECONDS}
    with Stack.on_free_ports(["registry", "kafka"], **changes) as stack:
        stack.names += ["gate", "job", "views", "dashboard"]
        stack.fetch(Console(quiet=True))
        assert stack.run("contracts", "apply", timeout=120).returncode == 0
        for name in ("gate", "job", "views", "dashboard"):
            stack.start(name)
        for name in ("gate", "job", "views", "dashboard"):
            stack.wait(name)
        tills = Tills(stack)
        tills.start()
        with browser.browser() as page:
            opened = Shop(stack, tills, page)
            page.goto(opened.address)
            yield opened
        tills.stop()


@contextmanager
def gone(name: str, shop: Shop) -> Iterator[float]:
    """Kill a service with -9, and keep its supervisor from starting it again."""
    os.kill(shop.pid(name), signal.SIGKILL)
    since = time.time()
    shop.stack.supervisor.stop_process(name)
    try:
        yield since
    finally:
        shop.stack.start(name)


@contextmanager
def frozen(shop: Shop) -> Iterator[float]:
    pid = shop.pid("dashboard")
    os.kill(pid, signal.SIGSTOP)
    try:
        yield time.time()
    finally:
        os.kill(pid, signal.SIGCONT)


@contextmanager
def offline(shop: Shop) -> Iterator[float]:
    shop.page.context.set_offline(True)
    try:
        yield time.time()
    finally:
        shop.page.context.set_offline(False)


@contextmanager
def no_database(shop: Shop) -> Iterator[float]:
    """Delete the files of the database, and put a folder in its place."""
    file = shop.stack.settings.state / SQLITE_FILE
    for suffix in ("-wal", "-shm", ""):
        file.with_name(file.name + suffix).unlink(missing_ok=True)
    file.mkdir()
    try:
        yield time.time()
    finally:
        shutil.rmtree(file)


@contextmanager
def selling(stores: tuple[str, ...], shop: Shop) -> Iterator[float]:
    shop.tills.stores = stores
    # A minute with a sale in the store has no silence, nor has the time that a sale may take.
    now = time.time()
    try:
        yield now if stores == NONE else now - now % 60 + 60 + SLOW_LINE
    finally:
        shop.tills.stores = BOTH


SENTENCES = {
    "no sales": "No sales in any store since ",
    "one store silent": "The tills of this store are silent since ",
    "job": "The calculation of stock stopped at ",
    "registry": "The schema registry does not answer since ",
    "read model": "These pages are not brought up to date since ",
    "database": "database",
    "broker": "Kafka does not answer since ",
    "dashboard frozen": ": the dashboard does not answer. These numbers are from then.",
    "dashboard killed": ": the dashboard has stopped, or the network is down.",
    "offline": ": this device is offline. These numbers are from then.",
}
CAUSES: Mapping[str, Callable[[Shop], AbstractContextManager[float]]] = {
    "no sales": partial(selling, NONE),
    "one store silent": partial(selling, OTHER),
    "job": partial(gone, "job"),
    "registry": partial(gone, "registry"),
    "read model": partial(gone, "views"),
    "database": no_database,
    "broker": partial(gone, "kafka"),
    "dashboard frozen": frozen,
    "dashboard killed": partial(gone, "dashboard"),
    "offline": offline,
}
WITHOUT_SERVER = {"dashboard frozen", "dashboard killed", "offline"}
"""Causes by which no page can be opened: the browser says so itself."""


@pytest.mark.parametrize("cause", CAUSES)
def test_a_cause_has_its_own_sentence_and_nothing_is_green_until_it_ends(
    shop: Shop, cause: str
) -> None:
    shop.recovered(shop.page)
    assert shop.page.evaluate(GREENS)
    shop.page.evaluate("window.notReloaded = true")
    with CAUSES[cause](shop) as since:
        says(shop.page, cause, since)
        later = shop.page.context.new_page()
        if cause in WITHOUT_SERVER:
            with pytest.raises(Error):
                later.goto(shop.address, timeout=2_000)
        else:
            opened_at = time.time()
            later.goto(shop.address)
            says(later, cause, opened_at)
            assert not later.evaluate(GREENS)
            assert not later.get_by_text("Traceback").count()
        for _ in range(10):
            assert not shop.page.evaluate(GREENS)
            shop.page.wait_for_timeout(100)
        says(shop.page, cause, time.time())
    shop.recovered(shop.page)
    assert shop.page.evaluate("window.notReloaded")
    if cause not in WITHOUT_SERVER:
        shop.recovered(later)
    later.close()


def says(page: Page, cause: str, since: float) -> None:
    """Expect the sentence of a cause, and of no other, within WITHIN of a time."""
    line = page.locator(".inv-fresh, .inv-unknown").first
    left = 1000 * (since + WITHIN - time.time())
    expect(line).to_contain_text(SENTENCES[cause], timeout=max(left, 1))
    print(f"{cause}: after {time.time() - since:.1f} s: {line.inner_text()}")
    others = [name for name, words in SENTENCES.items() if words in line.inner_text()]
    assert others == [cause]
