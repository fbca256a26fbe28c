"""The compression of the messages to a browser, with a window that holds a whole refresh.

A refresh repeats most of the one before. In uvicorn's window of 4 kB, a page of more than about 20
elements has lost it by then, and each refresh costs ten times as much.
"""

from typing import Any

from uvicorn.config import WS_PROTOCOLS
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.extensions.permessage_deflate import ServerPerMessageDeflateFactory


class WideWindowProtocol(WebSocketsSansIOProtocol):
    """uvicorn's protocol with a window of 32 kB to the browser: 150 kB for each connection."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.conn.available_extensions:
            self.conn.available_extensions = [
                ServerPerMessageDeflateFactory(
                    client_max_window_bits=12, compress_settings={"memLevel": 5}
                )
            ]


def widen() -> None:
    """Let Streamlit's server take the protocol, of which no setting tells it."""
    WS_PROTOCOLS["websockets-sansio"] = f"{__name__}:{WideWindowProtocol.__name__}"
