"""The dashboard on a chain of stores, each figure beside a page that only shows a time.

1. Each page in one tab: time to refresh it, to open it and to change its store, and its traffic,
   while nothing moves and while stock moves.
2. In a browser: time until a page shows its first figures, and another store.
3. 1, 5 and 10 tabs: CPU of the dashboard, runs that were broken off, longest wait for a refresh.
4. With --tabs: memory while that many tabs are opened and closed.

The chain is made in --folder, unless it is there, and takes about 100 s for 100,000 levels.
Run: python -m benchmarks.dashboard [--levels N] [--folder FOLDER] [--tabs N]
"""

import asyncio
import os
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import AsyncExitStack, contextmanager
from dataclasses import replace
from pathlib import Path

import click
import psutil

from benchmarks.chain_records import PRODUCTS, sku, store_id
from benchmarks.first_paint import measured_in_browser
from benchmarks.light_tab import LightTab, light_tab
from benchmarks.pipeline import cpu, end_in_order
from connect.settings import Settings
from stack import ports
from views.database.engine import SQLITE_FILE

RATE = 200
WARM_SECONDS, SECONDS, TABS_SECONDS = 3, 10, 20
STORE, OTHER = f"store={store_id(0)}", f"store={store_id(1)}"
PAGES = {
    "today": "",
    "stock": "",
    "product": f"&sku={sku(0)}",
    "deliveries": "",
    "sales": "",
    "book": "",
    "pipeline": "",
}
"""Page -> further choices in its address."""
REFERENCE = """
import datetime
import streamlit as st

@st.fragment(run_every="1s")
def clock():
    st.html(f"{datetime.datetime.now()}")

clock()
"""


@contextmanager
def served(settings: Settings, *command: str) -> Iterator[psutil.Process]:
    """Run a server until the block ends."""
    environment = os.environ | settings.environment()
    process = subprocess.Popen(
        [sys.executable, "-m", *command], env=environment, stdout=subprocess.DEVNULL
    )
    try:
        yield psutil.Process(process.pid)
    finally:
        process.terminate()
        process.wait(30)


@contextmanager
def dashboard(settings: Settings) -> Iterator[psutil.Process]:
    with served(settings, "dashboard") as process:
        wait_for(address(settings))
        yield process


def wait_for(server: str) -> None:
    while True:
        try:
            urllib.request.urlopen(f"{server}/_stcore/health", timeout=5).close()
        except OSError:
            time.sleep(0.05)
        else:
            return


def address(settings: Settings) -> str:
    return f"http://{settings.host}:{settings.dashboard_port}"


def megabytes(process: psutil.Process) -> float:
    return float(process.memory_info().rss) / 1e6


def load() -> str:
    one_minute, *_ = os.getloadavg()
    return f"load {one_minute:.1f}"


async def one_page(server: str, page: str, query: str, other: str = "") -> tuple[float, str]:
    """Return the time of a refresh, and all figures of a page in one tab in words.

    other: the query of the same page in another store.
    """
    async with light_tab(server, page, query) as tab:
        opened = tab.figures.opened
        await asyncio.sleep(WARM_SECONDS)
        tab.reset()
        await asyncio.sleep(SECONDS)
        refresh = statistics.median(tab.figures.refreshes or [0.0])
        words = (
            f"refresh {refresh * 1000:.0f} ms, {tab.received / SECONDS / 1000:.1f} kB/s, "
            f"opened in {opened:.2f} s"
        )
        if other:
            await tab.open(other)
            words += f", other store in {tab.figures.opened:.2f} s"
        return refresh, words


async def each_page(server: str, reference: float) -> None:
    for page, more in PAGES.items():
        refresh, words = await one_page(server, page, STORE + more, OTHER + more)
        print(f"  {page}: {words}; refresh beside the reference: {refresh / reference:.1f}")


async def many_tabs(server: str, process: psutil.Process, count: int) -> None:
    async with AsyncExitStack() as stack:
        tabs: list[LightTab] = []
        for number in range(count):
            page, more = list(PAGES.items())[number % len(PAGES)]
            query = f"store={store_id(number)}{more}"
            tabs.append(await stack.enter_async_context(light_tab(server, page, query)))
        await asyncio.sleep(WARM_SECONDS)
        for tab in tabs:
            tab.reset()
        before = cpu(process)
        await asyncio.sleep(TABS_SECONDS)
        used = (cpu(process) - before) / TABS_SECONDS
        refreshes = [each for tab in tabs for each in tab.figures.refreshes]
        print(
            f"{count} tabs: {used:.2f} cores, refresh {statistics.median(refreshes) * 1000:.0f} ms "
            f"(longest {max(refreshes) * 1000:.0f}), "
            f"{sum(tab.figures.broken_off for tab in tabs)} runs broken off, longest wait for a "
            f"refresh {max(tab.figures.longest_wait for tab in tabs):.1f} s, "
            f"{sum(tab.received for tab in tabs) / count / TABS_SECONDS / 1000:.1f} kB/s "
            f"a tab, {megabytes(process):.0f} MB"
        )


async def opened_and_closed(server: str, process: psutil.Process, count: int) -> None:
    for number in range(count):
        page, more = list(PAGES.items())[number % len(PAGES)]
        async with light_tab(server, page, f"store={store_id(number % 20)}{more}"):
            await asyncio.sleep(0.5)
        if number % 25 == 24:
            print(f"{number + 1} tabs opened and closed: {megabytes(process):.0f} MB")


def reference(settings: Settings, folder: Path) -> float:
    """Print the figures of a page that only shows a time; return its time of a refresh."""
    script = folder / "clock.py"
    script.write_text(REFERENCE)
    options = [
        f"--server.address={settings.host}",
        f"--server.port={settings.dashboard_port}",
        "--server.headless=true",
        "--server.fileWatcherType=none",
        "--browser.gatherUsageStats=false",
    ]
    with served(settings, "streamlit", "run", str(script), *options) as process:
        wait_for(address(settings))
        refresh, words = asyncio.run(one_page(address(settings), "", ""))
        print(f"reference: {words}, {megabytes(process):.0f} MB")
        return refresh


def measure(settings: Settings, levels: int, tabs: int, folder: Path) -> None:
    server = address(settings)
    print(f"{levels:,} levels, {load()}")
    base = reference(settings, folder)
    with dashboard(settings) as process:
        print(f"nothing moves ({load()}):")
        asyncio.run(each_page(server, base))
        with served(settings, "benchmarks.chain", "move", f"--levels={levels}", f"--rate={RATE}"):
            time.sleep(WARM_SECONDS)
            print(f"{RATE} events a second ({load()}):")
            asyncio.run(each_page(server, base))
            measured_in_browser(server)
            for count in (1, 5, 10):
                asyncio.run(many_tabs(server, process, count))
            if tabs:
                asyncio.run(opened_and_closed(server, process, tabs))


@click.command(help="Measure the dashboard on a chain of stores.")
@click.option("--levels", default=100_000, show_default=True, help=f"A multiple of {PRODUCTS:,}.")
@click.option("--folder", type=click.Path(path_type=Path), help="Folder that keeps the chain.")
@click.option("--tabs", default=0, help="Number of tabs that are opened and closed.")
def main(levels: int, folder: Path | None, tabs: int) -> None:
    end_in_order()
    settings = Settings.from_environment()
    with tempfile.TemporaryDirectory() as temporary:
        state = folder or Path(temporary)
        settings = replace(settings, state=state, dashboard_port=ports.free(settings.host))
        if not (state / SQLITE_FILE).exists():
            command = [sys.executable, "-m", "benchmarks.chain", "fill", f"--levels={levels}"]
            subprocess.run(command, env=os.environ | settings.environment(), check=True)
        measure(settings, levels, tabs, Path(temporary))


if __name__ == "__main__":
    main(prog_name="python -m benchmarks.dashboard")
