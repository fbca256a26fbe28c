"""A registry that takes a request and never answers it holds up no level."""

import http.client
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

import pytest
from rich.console import Console

from connect.settings import Settings
from stack.runtime import Stack
from tests.support.running_pipeline import RunningPipeline

pytestmark = [pytest.mark.slow, pytest.mark.nightly]
HOST = Settings().host
SECONDS_TO_SETTLE = 90


class Proxy(ThreadingHTTPServer):
    """Forwards requests to the registry, but leaves some registrations without an answer."""

    daemon_threads = True

    def __init__(self, behind: str) -> None:
        proxy = self

        class Handler(BaseHTTPRequestHandler):
            def forward(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"] or 0))
                if proxy.is_silent(f"{self.command} {self.path}"):
                    proxy.released.wait()
                    return
                inside = http.client.HTTPConnection(urlsplit(behind).netloc, timeout=30)
                inside.request(self.command, self.path, body, {"Content-Type": "application/json"})
                answer = inside.getresponse()
                content = answer.read()
                self.send_response(answer.status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)
                inside.close()

            do_GET = do_POST = do_PUT = do_DELETE = forward  # noqa: N815 - http.server's names

            def log_message(self, *_: object) -> None:
                pass

        super().__init__((HOST, 0), Handler)
        self.released = threading.Event()
        self.silent = 0
        """Number of registrations of levels that stay without an answer."""
        self.unanswered: list[float] = []
        self._lock = threading.Lock()

    def is_silent(self, request: str) -> bool:
        with self._lock:
            # The client of the job only asks for the schema, without "/versions".
            is_registration = request.startswith("POST ") and "levels-value/versions" in request
            if self.silent == 0 or not is_registration:
                return False
            self.silent -= 1
            self.unanswered.append(time.monotonic())
            return True


@contextmanager
def proxied(behind: str) -> Iterator[tuple[Proxy, str]]:
    proxy = Proxy(behind)
    threading.Thread(target=proxy.serve_forever, daemon=True).start()
    yield proxy, f"http://{HOST}:{proxy.server_port}{urlsplit(behind).path}"
    proxy.released.set()
    proxy.shutdown()
    proxy.server_close()


def job_log(stack: Stack) -> str:
    files = stack.processes["job"].log_files(stack.settings.state / "logs")
    return "".join(file.read_text() for file in files)


def test_a_registration_without_an_answer_fails_within_seconds_and_is_repeated() -> None:
    with (
        Stack.on_free_ports(["registry", "kafka"]) as inside,
        proxied(inside.settings.registry_url) as (proxy, address),
        Stack.on_free_ports(
            [],
            kafka=inside.settings.kafka_servers,
            registry=address,
            gate="off",
            checkpoint_seconds=2,
        ) as outside,
    ):
        outside.names += ["job"]
        outside.fetch(Console(quiet=True))
        pipeline = RunningPipeline(outside)
        assert pipeline.run("contracts", "apply").returncode == 0
        proxy.silent = 1
        pipeline.start_job()
        pipeline.send(1_000)
        assert not pipeline.differences(SECONDS_TO_SETTLE)
        assert len(proxy.unanswered) == 1
        # The watch of the job reads its failures every two seconds.
        sentence, until = f"The registry at {address} has not answered", time.monotonic() + 30
        while sentence not in (log := job_log(outside)) and time.monotonic() < until:
            time.sleep(0.5)
        assert sentence in log
        assert "SocketTimeoutException" in log
