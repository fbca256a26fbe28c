"""The dashboard in a real browser: Debian's Chromium, driven by Playwright."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

CHROMIUM = shutil.which("chromium")
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
def browser(width: int = 1400, height: int = 1000, zone: str = "Europe/Zurich") -> Iterator[Page]:
    """Open an empty page in headless Chromium. Raises RuntimeError without Chromium."""
    if CHROMIUM is None:
        raise RuntimeError("No chromium on the PATH: install it with `apt-get install chromium`")
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, headless=True, args=FLAGS)
        context = chromium.new_context(
            viewport={"width": width, "height": height}, timezone_id=zone
        )
        yield context.new_page()
        chromium.close()


def screenshot(address: str, file: Path, width: int = 1400, height: int = 1000) -> None:
    """Write a PNG of the page once its four charts are drawn. Raises TimeoutError after 60 s."""
    with browser(width, height) as page:
        page.goto(address)
        page.locator(DRAWN).nth(3).wait_for(timeout=60_000)
        page.wait_for_timeout(1_500)
        page.screenshot(path=file)
