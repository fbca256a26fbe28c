"""A REST API of Flink that gives the answers of a test."""

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self

from connect.settings import Settings
from tests.support.certificates import Certificate

Answer = tuple[int, Any]
"""Status of HTTP, and the content."""
UNKNOWN_CLIENT: Answer = (401, {"errors": ["Unauthorized"]})
NO_JOB: Answer = (404, {"errors": ["Job j not found", "org.apache.flink…: trace"]})


class FlinkRest:
    """Serves answers by method and path; use it in a `with` statement.

    An answer that is a list is given one by one, the last of them for ever.
    """

    def __init__(
        self,
        certificate: Certificate | None = None,
        clients: Certificate | None = None,
        token: str = "",
    ) -> None:
        """certificate: for TLS; clients: the one that clients must have; token: theirs."""
        self.answers: dict[str, Answer | list[Answer]] = {}
        """By "GET /jobs/overview" and the like, without a query."""
        self.bodies: dict[str, Any] = {}
        """Content of the newest request, by the same keys."""
        flink = self

        class Handler(BaseHTTPRequestHandler):
            def _answer(self) -> None:
                key = f"{self.command} {self.path.partition('?')[0]}"
                length = int(self.headers["Content-Length"] or 0)
                flink.bodies[key] = json.loads(self.rfile.read(length)) if length else None
                known = not token or self.headers["Authorization"] == f"Bearer {token}"
                status, content = flink.answer(key) if known else UNKNOWN_CLIENT
                body = json.dumps(content).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def do_GET(self) -> None:
                self._answer()

            def do_POST(self) -> None:
                self._answer()

            def do_PATCH(self) -> None:
                self._answer()

            def log_message(self, *_: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        if certificate:
            certificate.secure(self._server, clients)
        scheme = "https://" if certificate else ""
        self.settings = Settings(flink=f"{scheme}127.0.0.1:{self._server.server_port}")

    def answer(self, key: str) -> Answer:
        answers = self.answers[key]
        if isinstance(answers, list):
            return answers.pop(0) if len(answers) > 1 else answers[0]
        return answers

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
