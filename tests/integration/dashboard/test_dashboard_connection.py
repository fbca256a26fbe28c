"""The open page itself says that its server is frozen or gone, or the device offline."""

import os
import re
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from stack import ports
from tests.support import browser

pytestmark = browser.NEEDED

ROOT = Path(__file__).parents[3]
PAGE = """
import sys
import time
sys.path.insert(0, {root!r})
from datetime import datetime, UTC
import streamlit as st
from dashboard.text.freshness import Freshness, State
from dashboard.web import style
from dashboard.web.freshness_line import add_script, show_freshness

st.html(style.CSS)
add_script()
st.text_input("Find a product")
if st.button("Work"):
    time.sleep({busy})
with st.form("booking"):
    st.form_submit_button("Book")

@st.fragment(run_every="1s")
def line():
    show_freshness(Freshness(State.LIVE, "Of <i>all</i>."), datetime.now(UTC), UTC)

line()
"""
LOST_AFTER = 4
"""Seconds without a stamp after which the page says so."""
BUSY_SECONDS = 6
LIMIT = 6_000
"""Milliseconds within which a loss is on the page."""
SOON = 60_000


class Server:
    """A dashboard with the line alone, which the test freezes, kills and starts again."""

    def __init__(self, script: Path) -> None:
        self.port = ports.free("127.0.0.1")
        self._script = script
        self.start()

    def start(self) -> None:
        options = [f"--server.port={self.port}", "--server.headless=true"]
        options += ["--server.address=127.0.0.1", "--server.fileWatcherType=none"]
        command = [sys.executable, "-m", "streamlit", "run", str(self._script), *options]
        self.process = subprocess.Popen(
            [*command, "--browser.gatherUsageStats=false"],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            cwd=self._script.parent,
        )
        deadline = time.monotonic() + 60
        while not self._answers():
            assert time.monotonic() < deadline
            time.sleep(0.1)

    def _answers(self) -> bool:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/_stcore/health", timeout=1):
                return True
        except OSError:
            return False

    def end(self) -> None:
        self.process.kill()
        self.process.wait()


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    script = tmp_path_factory.mktemp("page") / "one_line.py"
    script.write_text(PAGE.format(root=str(ROOT), busy=BUSY_SECONDS))
    started = Server(script)
    yield started
    started.end()


@pytest.fixture
def page(server: Server) -> Iterator[Page]:
    """An open page that is up to date, with a choice made."""
    with browser.browser() as opened:
        opened.goto(f"http://127.0.0.1:{server.port}")
        state(opened, "live", SOON)
        expect(opened.locator(".inv-fresh")).to_have_text("Up to date Of <i>all</i>.")
        opened.get_by_label("Find a product").fill("milk")
        opened.get_by_label("Find a product").press("Enter")
        opened.evaluate("window.notReloaded = true")
        yield opened


def state(page: Page, expected: str, milliseconds: int) -> None:
    expect(page.locator(".inv-fresh")).to_have_attribute(
        "data-state", expected, timeout=milliseconds
    )


def lost(page: Page, cause: str, since: float) -> None:
    """Expect the loss and its cause within LIMIT of a time, and nothing green."""
    left = LIMIT - (time.time() - since) * 1000
    expect(page.locator(".inv-fresh")).to_contain_text(cause, timeout=left)
    line = page.locator(".inv-fresh").inner_text()
    clock = re.search(r"lost since (\d\d):(\d\d):(\d\d) \(UTC\)", line.replace("\n", " "))
    assert clock, line
    hours, minutes, seconds = map(int, clock.groups())
    # The newest stamp: an older one than that would have been named before the loss.
    assert -1 < since % 86400 - (hours * 3600 + minutes * 60 + seconds) < LOST_AFTER + 1
    assert line.endswith("These numbers are from then.")
    assert page.locator("html").get_attribute("data-connection") == "lost"
    colour = page.locator(".inv-fresh b").evaluate("each => getComputedStyle(each).color")
    assert colour == "rgb(179, 38, 30)"


def recovered(page: Page) -> None:
    state(page, "live", SOON)
    assert page.locator("html").get_attribute("data-connection") == "kept"
    expect(page.get_by_label("Find a product")).to_have_value("milk")
    assert page.evaluate("window.notReloaded")


def below_the_form(page: Page) -> str:
    """Return what the style sheet writes below a form."""
    button = page.locator(".stFormSubmitButton")
    return str(button.evaluate("each => getComputedStyle(each, '::after').content"))


def test_a_frozen_server_is_named_and_the_page_goes_on_after_it(server: Server, page: Page) -> None:
    since = time.time()
    os.kill(server.process.pid, signal.SIGSTOP)
    try:
        lost(page, "the dashboard does not answer", since)
    finally:
        os.kill(server.process.pid, signal.SIGCONT)
    recovered(page)


def test_a_device_that_is_offline_is_named_and_the_page_goes_on_after_it(page: Page) -> None:
    since = time.time()
    page.context.set_offline(True)
    lost(page, "this device is offline", since)
    assert "Not sent yet: the connection is lost." in below_the_form(page)
    page.context.set_offline(False)
    recovered(page)
    assert below_the_form(page) == "none"


def test_a_server_that_works_for_seconds_is_not_lost(page: Page) -> None:
    page.evaluate(
        "window.states = new Set(); setInterval(() => window.states.add("
        "document.documentElement.dataset.connection), 50)"
    )
    page.get_by_role("button", name="Work").click()
    page.wait_for_timeout(BUSY_SECONDS * 1000 + 1500)
    assert page.evaluate("[...window.states]") == ["kept"]


def test_a_killed_server_is_named_and_the_page_goes_on_with_the_next_one(
    server: Server, page: Page
) -> None:
    since = time.time()
    server.end()
    lost(page, "the dashboard has stopped, or the network is down", since)
    server.start()
    recovered(page)
