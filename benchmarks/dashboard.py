"""Times, CPU, traffic and memory of the dashboard on a chain of stores, each beside its target.

Each page in one tab, while nothing moves and while stock moves: milliseconds and CPU of a refresh,
seconds to open it and to change its store, and kB/s as the network carries them, beside a page that
only shows a time.

In a browser: seconds until a page shows its first figures, just after the dashboard has started and
later, and another store.

With 1, 5 and 10 tabs: cores of the dashboard, runs broken off, longest wait for a refresh.
Ten tabs for --minutes, and --tabs tabs that are opened and closed: cores, and growth in MB.

The chain is made in --folder, unless it is there: 2 minutes for 100,000 levels. The rest takes 20
minutes, 8 with --minutes 0 --tabs 0.
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
from dataclasses import dataclass, replace
from pathlib import Path

import click
import psutil

from benchmarks.chain import levels_option
from benchmarks.chain_records import sku, store_id
from benchmarks.first_paint import measured_in_browser
from benchmarks.light_tab import LightTab, light_tab
from benchmarks.pipeline import cpu, end_in_order, megabytes
from benchmarks.targets import growth, show
from connect.settings import Settings
from stack import ports
from views.database.engine import SQLITE_FILE

RATE = 200
WARM_SECONDS, SECONDS, TABS_SECONDS = 3, 10, 20
AT_REST, MOVING = 0.5, 20.0
"""Targets for the traffic of a page, kB/s."""
REFRESH, CORES = 50, 0.5
"""Targets for the milliseconds of a refresh and for the CPU of ten tabs."""
MANY_LEVELS, SLOWER = 1_000_000, 1.5
"""From how many levels a time may be longer than its target, by the second."""
SAMPLES = 40
"""Of the memory in the second half of a time."""
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


def load() -> str:
    one_minute, *_ = os.getloadavg()
    return f"load {one_minute:.1f}"


@dataclass(frozen=True, slots=True)
class PageFigures:
    """One page in one tab; times in seconds."""

    refresh: float
    """Median time of a refresh."""
    cpu: float
    """CPU of a refresh, which other processes do not change."""
    traffic: float
    """kB a second from the server."""
    opened: float
    other: float
    """Time to open it for another store."""


async def one_page(
    server: str, process: psutil.Process, page: str, query: str, other: str = ""
) -> PageFigures:
    """Measure a page. other: the query of the same page in another store."""
    async with light_tab(server, page, query) as tab:
        opened = tab.figures.opened
        await asyncio.sleep(WARM_SECONDS)
        tab.reset()
        before = cpu(process)
        await asyncio.sleep(SECONDS)
        used = cpu(process) - before
        refresh = statistics.median(tab.figures.refreshes or [0.0])
        of_one = used / max(len(tab.figures.refreshes), 1)
        traffic = tab.received / SECONDS / 1000
        if other:
            await tab.open(other)
        return PageFigures(refresh, of_one, traffic, opened, tab.figures.opened)


async def each_page(
    server: str, process: psutil.Process, reference: float, traffic: float, slower: float
) -> None:
    """Measure all pages. reference: refresh of the other page; traffic: its target, kB/s."""
    for page, more in PAGES.items():
        of = await one_page(server, process, page, STORE + more, OTHER + more)
        print(f"  {page}: opened in {of.opened:.2f} s, refresh {of.refresh / reference:.1f} times")
        show(f"{page}, refresh", 1000 * of.refresh, "ms", REFRESH * slower)
        show(f"{page}, CPU of a refresh", 1000 * of.cpu, "ms", REFRESH * slower)
        show(f"{page}, another store", of.other, "s", 0.7 * slower)
        show(f"{page}, traffic", of.traffic, "kB/s", traffic)


async def many_tabs(
    server: str, process: psutil.Process, count: int, seconds: float, slower: float
) -> None:
    """Measure some tabs of all pages and stores over a time, and memory over its second half."""
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
        await asyncio.sleep(seconds / 2)
        memory = []
        for _ in range(SAMPLES):
            await asyncio.sleep(seconds / 2 / SAMPLES)
            memory.append(megabytes(process))
        refreshes = [each for tab in tabs for each in tab.figures.refreshes]
        print(f"{count} tabs for {seconds:.0f} s ({load()}): longest {max(refreshes):.2f} s")
        show("refresh", 1000 * statistics.median(refreshes), "ms", REFRESH * slower)
        show("CPU", (cpu(process) - before) / seconds, "cores", CORES)
        show("runs broken off", sum(tab.figures.broken_off for tab in tabs), "", 0)
        show("longest wait beyond an interval", max(tab.late for tab in tabs), "s", 1)
        show("traffic of a tab", sum(t.received for t in tabs) / count / seconds / 1000, "kB/s", 20)
        show("memory", max(memory), "MB", 300)
        if seconds > TABS_SECONDS:  # before, the process still warms up
            show(f"growth in the second half, from {min(memory):.0f} MB", growth(memory), "MB", 5)


async def opened_and_closed(server: str, process: psutil.Process, count: int) -> None:
    """Print the memory meanwhile; its last third may not grow as the first does."""
    print(f"{count} tabs opened and closed ({load()}):")
    thirds = [megabytes(process)]
    for number in range(count):
        page, more = list(PAGES.items())[number % len(PAGES)]
        async with light_tab(server, page, f"store={store_id(number % 20)}{more}"):
            await asyncio.sleep(0.5)
        if (number + 1) % (count // 3) == 0:
            thirds.append(megabytes(process))
    print(f"  memory {', '.join(f'{each:.0f}' for each in thirds)} MB")
    show("growth in the last third", thirds[3] - thirds[2], "MB", 5)


def reference(settings: Settings) -> float:
    """Print the figures of a page that only shows a time; return its time of a refresh."""
    script = settings.state / "clock.py"
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
        of = asyncio.run(one_page(address(settings), process, "", ""))
        print(
            f"reference: refresh {1000 * of.refresh:.0f} ms, CPU {1000 * of.cpu:.0f} ms, "
            f"{of.traffic:.1f} kB/s, opened in {of.opened:.2f} s, {megabytes(process):.0f} MB"
        )
        return of.refresh


def measure(settings: Settings, levels: int, minutes: float, tabs: int) -> None:
    server = address(settings)
    slower = SLOWER if levels >= MANY_LEVELS else 1
    print(f"{levels:,} levels, {load()}")
    base = reference(settings)
    with dashboard(settings) as process:
        print(f"nothing moves ({load()}):")
        asyncio.run(each_page(server, process, base, AT_REST, slower))
    with (
        served(settings, "benchmarks.chain", "move", f"--levels={levels}", f"--rate={RATE}"),
        dashboard(settings) as process,
    ):
        print(f"{RATE} events a second, the dashboard has just started ({load()}):")
        measured_in_browser(server, slower)
        print(f"later ({load()}):")
        measured_in_browser(server, slower)
        asyncio.run(each_page(server, process, base, MOVING, slower))
        for count in (1, 5, 10):
            asyncio.run(many_tabs(server, process, count, TABS_SECONDS, slower))
        if minutes:
            asyncio.run(many_tabs(server, process, 10, 60 * minutes, slower))
        if tabs:
            asyncio.run(opened_and_closed(server, process, tabs))


@click.command(help=__doc__)
@levels_option
@click.option("--folder", type=click.Path(path_type=Path), help="Folder that keeps the chain.")
@click.option("--minutes", default=10.0, show_default=True, help="Time of ten tabs; 0: not.")
@click.option("--tabs", default=150, show_default=True, help="Tabs opened and closed; 0: not.")
def main(levels: int, folder: Path | None, minutes: float, tabs: int) -> None:
    end_in_order()
    settings = Settings.from_environment()
    with tempfile.TemporaryDirectory() as temporary:
        state = folder or Path(temporary)
        settings = replace(settings, state=state, dashboard_port=ports.free(settings.host))
        if not (state / SQLITE_FILE).exists():
            command = [sys.executable, "-m", "benchmarks.chain", "fill", f"--levels={levels}"]
            subprocess.run(command, env=os.environ | settings.environment(), check=True)
        measure(settings, levels, minutes, tabs)


if __name__ == "__main__":
    main()
