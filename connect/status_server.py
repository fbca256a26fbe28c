"""Server of a part's status: `/livez`, `/readyz`, and `/metrics` in Prometheus' format.

The answer to a probe is 200, or 503 with a sentence about the cause. Metrics are read when they are
scraped: between two scrapes they cost the part nothing.
"""

import threading
from collections.abc import Iterable
from functools import partial
from hmac import compare_digest
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socketserver import TCPServer

from prometheus_client import CollectorRegistry, ProcessCollector
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest
from prometheus_client.registry import Collector

from connect import tls
from connect.errors import UserError
from connect.part_status import PartStatus
from connect.secret_files import secret
from connect.settings import PREFIX, Settings

CLIENT_SECONDS = 10.0
"""Time that a client may take to send its request."""
PLAIN = "text/plain; charset=utf-8"


class _Samples(Collector):
    """The metrics of a part, read at each scrape."""

    def __init__(self, status: PartStatus) -> None:
        self._status = status

    def collect(self) -> Iterable[Metric]:
        families: dict[str, Metric] = {}
        for metric, value, labels in self._status.samples():
            if metric.name not in families:
                family = CounterMetricFamily if metric.is_counter else GaugeMetricFamily
                families[metric.name] = family(metric.name, metric.help, labels=metric.labels)
            families[metric.name].add_metric(labels, value)  # type: ignore[attr-defined]
        return families.values()

    def describe(self) -> Iterable[Metric]:
        return ()  # without it, each registration reads all metrics


class _Handler(BaseHTTPRequestHandler):
    timeout = CLIENT_SECONDS

    def __init__(
        self, status: PartStatus, registry: CollectorRegistry, token: str, *arguments: object
    ) -> None:
        """token: that requests need; empty: none."""
        self._status, self._registry, self._token = status, registry, token
        super().__init__(*arguments)  # type: ignore[arg-type]

    def do_GET(self) -> None:
        given = self.headers["Authorization"] or ""
        if self._token and not compare_digest(given.encode(), f"Bearer {self._token}".encode()):
            self._answer(HTTPStatus.UNAUTHORIZED, PLAIN, b"The token of metrics is needed.\n")
            return
        match self.path.partition("?")[0]:
            case "/livez":
                self._answer_probe(self._status.standstill())
            case "/readyz":
                self._answer_probe(self._status.obstacle())
            case "/metrics":
                self._answer(HTTPStatus.OK, CONTENT_TYPE_LATEST, generate_latest(self._registry))
            case _:
                known = b"There are /livez, /readyz and /metrics.\n"
                self._answer(HTTPStatus.NOT_FOUND, PLAIN, known)

    def log_message(self, *_: object) -> None:
        """Log no request: probes come every few seconds."""

    def _answer_probe(self, sentence: str) -> None:
        code = HTTPStatus.SERVICE_UNAVAILABLE if sentence else HTTPStatus.OK
        self._answer(code, PLAIN, f"{sentence or 'ok'}\n".encode())

    def _answer(self, code: HTTPStatus, content_type: str, body: bytes) -> None:
        self.send_response(code)
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def server_bind(self) -> None:
        """Bind without HTTPServer's look-up of the host's name, which may take seconds."""
        TCPServer.server_bind(self)
        self.server_name, self.server_port = self.server_address[:2]  # type: ignore[assignment]


def opened(status: PartStatus, settings: Settings, port: int) -> ThreadingHTTPServer:
    """Serve a status in threads of their own, in a secured stack by TLS to those with its token.

    Raises UserError when the port is taken.
    """
    files, host = settings.secret_files, settings.host
    token = secret(files.metrics_token) if settings.secured else ""
    registry = CollectorRegistry()
    registry.register(_Samples(status))
    ProcessCollector(registry=registry)
    try:
        server = _Server((host, port), partial(_Handler, status, registry, token))
    except (OSError, OverflowError) as error:
        raise UserError(
            f"Health and metrics cannot be served at {host}:{port} ({error}): end what listens "
            f"there, or set {PREFIX}STATUS_PORT to another first port, or to 0."
        ) from None
    if settings.secured:
        tls.secure(server, files.server)
    threading.Thread(target=server.serve_forever, daemon=True, name="status").start()
    return server
