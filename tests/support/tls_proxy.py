"""A registry behind TLS and a password, as its providers run it.

As a process: python -m tests.support.tls_proxy PORT URL SERVER_PEM CLIENT_PROPERTIES
"""

import base64
import http.client
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlsplit

from connect import tls
from connect.properties import properties
from tests.support.certificates import HOST


def main() -> None:
    port, behind, with_key, client = sys.argv[1:]
    user = properties(client, "CLIENT_PROPERTIES")["basic.auth.user.info"]
    server(int(port), behind, Path(with_key), user).serve_forever()


@contextmanager
def running(behind: str, with_key: Path, user: str) -> Iterator[str]:
    """Run a proxy on a free port in this process; yield its URL. For the rest see `server`."""
    proxy = server(0, behind, with_key, user)
    threading.Thread(target=proxy.serve_forever, daemon=True).start()
    yield f"https://{HOST}:{proxy.server_port}{urlsplit(behind).path}"
    proxy.shutdown()
    proxy.server_close()


def server(port: int, behind: str, with_key: Path, user: str) -> ThreadingHTTPServer:
    """Return a proxy that forwards authenticated requests.

    behind: URL; with_key: PEM file of certificate and key; user: user:password.
    """
    known = "Basic " + base64.b64encode(user.encode()).decode()

    class Proxy(BaseHTTPRequestHandler):
        def forward(self) -> None:
            if self.headers["Authorization"] != known:
                self.answer(401, b'{"error_code": 401, "message": "Unauthorized"}')
                return
            body = self.rfile.read(int(self.headers["Content-Length"] or 0))
            inside = http.client.HTTPConnection(urlsplit(behind).netloc, timeout=30)
            try:
                inside.request(self.command, self.path, body, {"Content-Type": "application/json"})
                response = inside.getresponse()
                self.answer(response.status, response.read())
            except OSError:
                self.answer(502, b'{"error_code": 502, "message": "Bad gateway"}')
            finally:
                inside.close()

        do_GET = do_POST = do_PUT = do_DELETE = forward  # noqa: N815 - http.server's names

        def answer(self, status: int, body: bytes) -> None:
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    proxy = ThreadingHTTPServer((HOST, port), Proxy)
    tls.secure(proxy, with_key)
    return proxy


if __name__ == "__main__":
    main()
