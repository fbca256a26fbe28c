"""A minute untouched while 200 events a second move the stock: the page holds still."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from connect.settings import Settings
from tests.support import browser
from tests.support.dashboard_process import dashboard_of

pytestmark = [
    pytest.mark.slow,
    pytest.mark.nightly,
    browser.NEEDED,
]
LEVELS = 5_000
MILLISECONDS = 60_000
SOON = 60_000
GREY = 100
"""Milliseconds for which an element may be faded."""
SHIFT = 0.05
SIGNS = {
    "today": ".row",
    "stock": "[data-testid=stDataFrame] canvas",
    "product": ".inv-book td",
}
"""Page -> what it always shows."""
WATCH = """(sign) => {
  const seen = { empty: 0, grey: 0, shift: 0, changes: 0, shifted: [] };
  const words = ({ node, previousRect, currentRect }) =>
    `${node?.className || node?.nodeName} ${previousRect.y} to ${currentRect.y}`;
  new PerformanceObserver((list) => {
    for (const each of list.getEntries().filter((one) => !one.hadRecentInput)) {
      seen.shift += each.value;
      seen.shifted.push(...each.sources.map(words));
    }
  }).observe({ type: "layout-shift" });
  const since = new WeakMap();
  const shown = (root) => root.querySelector(sign) !== null;
  const parts = () => [...document.querySelectorAll(".stMainBlockContainer div")];
  const look = () => {
    if (!shown(document) && !parts().some((each) => each.shadowRoot && shown(each.shadowRoot))) {
      seen.empty += 1;
    }
    for (const each of document.querySelectorAll(".stMainBlockContainer [data-stale=true]")) {
      const faded = getComputedStyle(each).opacity < 1;
      if (!faded) { since.delete(each); continue; }
      if (!since.has(each)) since.set(each, performance.now());
      seen.grey = Math.max(seen.grey, performance.now() - since.get(each));
    }
  };
  new MutationObserver(() => { seen.changes += 1; look(); }).observe(document.body, {
    attributes: true, childList: true, characterData: true, subtree: true,
  });
  setInterval(look, 50);
  window.seen = seen;
}"""


@contextmanager
def chain(*arguments: str, settings: Settings) -> Iterator[subprocess.Popen[bytes]]:
    """Run a command of the chain of stores that benchmarks use."""
    command = [sys.executable, "-m", "benchmarks.chain", *arguments, f"--levels={LEVELS}"]
    process = subprocess.Popen(command, env=os.environ | settings.environment())
    try:
        yield process
    finally:
        process.kill()
        process.wait()


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    settings = Settings(state=tmp_path_factory.mktemp("state"))
    with chain("fill", settings=settings) as filling:
        assert filling.wait(300) == 0
    with chain("move", settings=settings), dashboard_of(settings.state) as address:
        yield address


def hold(page: Page) -> dict[str, Any]:
    """Return what must not change."""
    held: dict[str, Any] = page.evaluate(
        """() => ({
          focus: document.activeElement.outerHTML,
          scroll: document.querySelector("[data-testid=stMain]").scrollTop,
          open: [...document.querySelectorAll("details")].map((each) => each.open),
          address: location.href,
          notReloaded: window.notReloaded,
        })"""
    )
    return held


@pytest.mark.parametrize("name", SIGNS)
def test_nothing_moves_by_itself_for_a_minute(address: str, name: str) -> None:
    with browser.browser(1366, 768) as page:
        page.goto(f"{address}/{name}?store=S000&sku={0:013}&sort=name")
        expect(page.locator(SIGNS[name]).first).to_be_visible(timeout=SOON)
        page.wait_for_timeout(5_000)
        for expander in page.locator("details summary").all():
            expander.click()
        page.evaluate("window.notReloaded = true")
        page.get_by_role("combobox").first.focus()
        page.evaluate("document.querySelector('[data-testid=stMain]').scrollTop = 120")
        # Over a list of needs, that keeps the order. Above a table's canvas lies what scrolls it.
        page.locator(SIGNS[name]).first.hover(force=True)
        page.wait_for_timeout(3_000)
        page.evaluate(WATCH, SIGNS[name])
        before = hold(page)
        page.wait_for_timeout(MILLISECONDS)
        seen = page.evaluate("window.seen")
        print(name, seen)
        assert hold(page) == before
        assert seen["changes"]
        assert not seen["empty"]
        assert seen["grey"] <= GREY
        assert seen["shift"] < SHIFT
