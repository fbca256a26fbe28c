"""HTTP servers of tests, whose answers come from a function."""

import http.client
import json
import threading
from collections.abc import Callable
from email.message import Message
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socketserver import TCPServer
from typing import Any, NamedTuple, Self
from urllib.parse import urlsplit

from tests.support.certificates import HOST


class Request(NamedTuple):
    """A request as it arrived."""

    method: str
    target: str
    """Path and query."""
    headers: Message
    body: bytes

    @property
    def path(self) -> str:
        return self.target.partition("?")[0]


Answer = tuple[int, Any]
"""Status, and content: bytes as they are, anything else as JSON."""


class HttpServer:
    """Serves in a `with` statement, on a free port unless one is given.

    answer: returns None to close the connection without an answer; secure: adds TLS to a server.
    """

    def __init__(
        self,
        answer: Callable[[Request], Answer | None],
        secure: Callable[[TCPServer], None] | None = None,
        port: int = 0,
    ) -> None:
        self._server = ThreadingHTTPServer((HOST, port), partial(_Handler, answer))
        if secure:
            secure(self._server)
        self.port = self._server.server_port
        self.url = f"{'https' if secure else 'http'}://{HOST}:{self.port}"

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()


class _Handler(BaseHTTPRequestHandler):
    def __init__(self, answer: Callable[[Request], Answer | None], *arguments: Any) -> None:
        self._answer = answer
        super().__init__(*arguments)

    def _handle(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"] or 0))
        answer = self._answer(Request(self.command, self.path, self.headers, body))
        if answer is None:
            return
        status, content = answer
        sent = content if isinstance(content, bytes) else json.dumps(content).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(sent)))
        self.end_headers()
        self.wfile.write(sent)

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = _handle  # noqa: N815 - http.server's names

    def log_message(self, *_: object) -> None:
        """Log no request."""


def forwarded(request: Request, behind: str) -> Answer:
    """Return the answer of the server at a URL. Raises OSError if there is none."""
    inside = http.client.HTTPConnection(urlsplit(behind).netloc, timeout=30)
    try:
        headers = {"Content-Type": "application/json"}
        inside.request(request.method, request.target, request.body, headers)
        response = inside.getresponse()
        return response.status, response.read()
    finally:
        inside.close()
