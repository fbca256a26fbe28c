"""An open tab of the dashboard without a browser: what a server has to do for it, at little cost.

It speaks Streamlit's protocol: it opens a page, runs its fragments again at their intervals, and
keeps large messages, as the browser does.
"""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.asyncio.client import ClientConnection, connect
from websockets.extensions.permessage_deflate import ClientPerMessageDeflateFactory
from websockets.typing import Subprotocol

ZONE = "Europe/Zurich"
BROKEN_OFF = (ForwardMsg.FINISHED_EARLY_FOR_RERUN, ForwardMsg.FINISHED_WITH_COMPILE_ERROR)


@dataclass
class Figures:
    """The measurements of a tab since reset()."""

    refreshes: list[float] = field(default_factory=list)
    """Seconds from a request to run a fragment again until the run has ended."""
    opened: float = 0.0
    """Seconds from the request of the page until it was complete."""
    broken_off: int = 0
    ended: dict[str, list[float]] = field(default_factory=dict)
    """Fragment -> times at which its runs ended."""

    def reset(self) -> None:
        self.refreshes, self.broken_off, self.ended = [], 0, {}


class CountedConnection(ClientConnection):
    """A connection that counts bytes as the network carries them, compressed."""

    received = 0

    def data_received(self, data: bytes) -> None:
        self.received += len(data)
        super().data_received(data)


class LightTab:
    """One open page."""

    def __init__(self, socket: CountedConnection, page: str, query: str) -> None:
        self._socket, self._page, self._query = socket, page, query
        self._page_hash = ""
        self._requests: dict[str, float] = {}
        """Fragment -> time of the request that is not answered yet."""
        self._timers: dict[str, asyncio.Task[None]] = {}
        self._intervals: dict[str, float] = {}
        self._running: list[str] = []
        self._kept: dict[str, tuple[str, int]] = {}
        """Hash of a large message -> its fragment, and the number of the run that had it last."""
        self._runs, self._kept_runs = 0, 0
        self._complete = asyncio.Event()
        self._received_before = 0
        self.figures = Figures()

    @property
    def received(self) -> int:
        """Bytes from the server since reset(), as the network carries them."""
        return self._socket.received - self._received_before

    @property
    def late(self) -> float:
        """Longest time between two renewals of a fragment, beyond its interval, seconds."""
        waits = [
            after - before - self._intervals[fragment]
            for fragment, times in self.figures.ended.items()
            for before, after in pairwise(times)
        ]
        return max(waits, default=0.0)

    def reset(self) -> None:
        """Begin the measurements anew."""
        self.figures.reset()
        self._received_before = self._socket.received

    async def open(self, query: str = "") -> None:
        """Ask for the page, or for other choices in its address; return when it is complete."""
        self._query = query or self._query
        self._complete.clear()
        started = time.perf_counter()
        await self._request()
        await asyncio.wait_for(self._complete.wait(), 120)
        self.figures.opened = time.perf_counter() - started

    async def listen(self) -> None:
        async for data in self._socket:
            message = ForwardMsg()
            message.ParseFromString(data if isinstance(data, bytes) else data.encode())
            self._take(message)

    def close(self) -> None:
        for timer in self._timers.values():
            timer.cancel()

    def _take(self, message: ForwardMsg) -> None:
        match message.WhichOneof("type"):
            case "new_session":
                self._page_hash = message.new_session.page_script_hash
                self._kept_runs = message.new_session.config.max_cached_message_age
                self._running = list(message.metadata.run.fragment_ids)
                if not self._running:
                    self.close()
            case "auto_rerun":
                again = message.auto_rerun
                self._intervals[again.fragment_id] = again.interval
                if again.fragment_id not in self._timers or self._timers[again.fragment_id].done():
                    self._timers[again.fragment_id] = asyncio.create_task(
                        self._repeat(again.fragment_id, again.interval)
                    )
            case "ref_hash":
                self._take_kept(message.ref_hash)
            case "script_finished":
                self._finished(message.script_finished)
        if message.metadata.cacheable:
            self._kept[message.hash] = message.delta.fragment_id, self._runs

    def _take_kept(self, key: str) -> None:
        if key in self._kept:
            fragment, _ = self._kept[key]
            self._kept[key] = fragment, self._runs
        else:  # dropped since the request: a browser could not draw it either
            self.figures.broken_off += 1

    def _finished(self, status: int) -> None:
        self._runs += 1
        self._kept = {
            key: (fragment, used)
            for key, (fragment, used) in self._kept.items()
            if self._runs - used <= self._kept_runs
            or (self._running and fragment not in self._running)
        }
        now = time.perf_counter()
        if status in BROKEN_OFF:
            self.figures.broken_off += 1
        elif not self._running:
            self._complete.set()
        for fragment in self._running:
            self.figures.ended.setdefault(fragment, []).append(now)
            if fragment in self._requests:
                self.figures.refreshes.append(now - self._requests.pop(fragment))

    async def _repeat(self, fragment: str, seconds: float) -> None:
        due = time.perf_counter()
        while True:
            due += seconds
            await asyncio.sleep(max(due - time.perf_counter(), 0))
            self._requests.setdefault(fragment, time.perf_counter())
            await self._request(fragment)

    async def _request(self, fragment: str = "") -> None:
        message = BackMsg()
        state = message.rerun_script
        state.query_string, state.page_script_hash = self._query, self._page_hash
        state.page_name = "" if self._page_hash else self._page
        state.fragment_id, state.is_auto_rerun = fragment, bool(fragment)
        state.cached_message_hashes.extend(self._kept)
        state.context_info.timezone = ZONE
        await self._socket.send(message.SerializeToString())


@asynccontextmanager
async def light_tab(address: str, page: str, query: str) -> AsyncIterator[LightTab]:
    """Open a page; yield the tab when it is complete."""
    url = address.replace("http", "ws", 1) + "/_stcore/stream"
    options: Any = {
        "subprotocols": [Subprotocol("streamlit")],
        "max_size": None,
        # As browsers: by default, this client asks for a smaller window.
        "compression": None,
        "extensions": [ClientPerMessageDeflateFactory(client_max_window_bits=True)],
    }
    async with connect(url, create_connection=CountedConnection, **options) as socket:
        assert isinstance(socket, CountedConnection)
        tab = LightTab(socket, page, query)
        async with asyncio.TaskGroup() as tasks:
            listening = tasks.create_task(tab.listen())
            try:
                await tab.open()
                yield tab
            finally:
                tab.close()
                listening.cancel()
