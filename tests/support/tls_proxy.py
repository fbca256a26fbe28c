"""A registry behind TLS and a password, as its providers run it.

As a process: python -m tests.support.tls_proxy PORT URL SERVER_PEM CLIENT_PROPERTIES
"""

import base64
import sys
import threading
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit

from connect import tls
from connect.properties import properties
from tests.support.http_server import Answer, HttpServer, Request, forwarded


def main() -> None:
    port, behind, with_key, client = sys.argv[1:]
    user = properties(client, "CLIENT_PROPERTIES")["basic.auth.user.info"]
    with TlsProxy(behind, Path(with_key), user, int(port)):
        threading.Event().wait()


class TlsProxy(HttpServer):
    """Forwards the requests of one user."""

    def __init__(self, behind: str, with_key: Path, user: str, port: int = 0) -> None:
        """behind: URL; with_key: PEM file of certificate and key; user: user:password."""
        super().__init__(self._respond, partial(tls.secure, with_key=with_key), port)
        self.url += urlsplit(behind).path
        self._behind = behind
        self._known = "Basic " + base64.b64encode(user.encode()).decode()

    def _respond(self, request: Request) -> Answer:
        if request.headers["Authorization"] != self._known:
            return 401, {"error_code": 401, "message": "Unauthorized"}
        try:
            return forwarded(request, self._behind)
        except OSError:
            return 502, {"error_code": 502, "message": "Bad gateway"}


if __name__ == "__main__":
    main()
