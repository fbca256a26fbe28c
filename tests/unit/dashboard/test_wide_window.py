"""The server compresses by what it sent a refresh ago, also of a page of many parts."""

import asyncio
import os
import socket
from typing import Any

import pytest
import uvicorn
from uvicorn.config import WS_PROTOCOLS
from websockets.asyncio.client import ClientConnection, connect
from websockets.extensions.permessage_deflate import ClientPerMessageDeflateFactory

from dashboard.web.wide_window import widen

REFRESH = [os.urandom(500) for _ in range(20)]
"""Messages of a refresh that cannot be compressed by themselves."""


class Counted(ClientConnection):
    received = 0

    def data_received(self, data: bytes) -> None:
        self.received += len(data)
        super().data_received(data)


async def page(_: Any, receive: Any, send: Any) -> None:
    """Send a refresh for each message of the browser."""
    await receive()
    await send({"type": "websocket.accept"})
    while (await receive())["type"] == "websocket.receive":
        for message in REFRESH:
            await send({"type": "websocket.send", "bytes": message})


async def bytes_of_two_refreshes() -> list[int]:
    """Return the bytes that the network carries for the first refresh and for the second."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
        options = uvicorn.Config(page, ws="websockets-sansio", lifespan="off", log_level="error")
        server = uvicorn.Server(options)
        serving = asyncio.create_task(server.serve([listening]))
        as_browsers = [ClientPerMessageDeflateFactory(client_max_window_bits=True)]
        async with connect(
            f"ws://127.0.0.1:{port}",
            create_connection=Counted,
            compression=None,
            extensions=as_browsers,
        ) as connection:
            assert isinstance(connection, Counted)
            counts = []
            for _ in range(2):
                before = connection.received
                await connection.send("again")
                for message in REFRESH:
                    assert await connection.recv() == message
                counts.append(connection.received - before)
        server.should_exit = True
        await serving
        return counts


def test_a_refresh_that_repeats_the_one_before_costs_next_to_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # Undone after the test.
    monkeypatch.setitem(WS_PROTOCOLS, "websockets-sansio", WS_PROTOCOLS["websockets-sansio"])
    widen()
    first, second = asyncio.run(bytes_of_two_refreshes())
    assert first > sum(map(len, REFRESH))
    assert second < first / 10
