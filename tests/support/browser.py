"""The dashboard in a real browser: Debian's Chromium, driven by Playwright."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Page, sync_playwright

CHROMIUM = shutil.which("chromium")
MISSING = "no chromium on the PATH: install it with `apt-get install chromium`"
NEEDED = pytest.mark.skipif(CHROMIUM is None, reason=MISSING)
"""Mark of the tests that open a browser."""
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
DRAWN = "[data-testid=stVegaLiteChart]:has(.marks)"


@contextmanager
def browser(
    width: int = 1400, height: int = 1000, zone: str = "Europe/Zurich", locale: str | None = None
) -> Iterator[Page]:
    """Open an empty page in headless Chromium. Raises RuntimeError without Chromium."""
    if CHROMIUM is None:
        raise RuntimeError(MISSING)
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, headless=True, args=FLAGS)
        context = chromium.new_context(
            viewport={"width": width, "height": height}, timezone_id=zone, locale=locale
        )
        yield context.new_page()
        chromium.close()
