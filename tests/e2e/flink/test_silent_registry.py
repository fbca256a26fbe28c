"""A registry that takes a request and never answers it holds up no level."""

import threading
import time
from urllib.parse import urlsplit

import pytest
from rich.console import Console

from stack.runtime import Stack
from tests.support.http_server import Answer, HttpServer, Request, forwarded
from tests.support.running_pipeline import RunningPipeline

pytestmark = [pytest.mark.slow, pytest.mark.nightly]
SECONDS_TO_SETTLE = 90


class Proxy(HttpServer):
    """Forwards requests to the registry, but leaves some registrations without an answer."""

    def __init__(self, behind: str) -> None:
        super().__init__(self._respond)
        self.url += urlsplit(behind).path
        self.silent = 0
        """Number of registrations of levels that stay without an answer."""
        self.unanswered: list[float] = []
        self._behind = behind
        self._lock = threading.Lock()

    def _respond(self, request: Request) -> Answer | None:
        if self._is_silent(request):
            time.sleep(SECONDS_TO_SETTLE)
            return None
        return forwarded(request, self._behind)

    def _is_silent(self, request: Request) -> bool:
        with self._lock:
            # The client of the job only asks for the schema, without "/versions".
            is_registration = request.method == "POST" and "levels-value/versions" in request.target
            if self.silent == 0 or not is_registration:
                return False
            self.silent -= 1
            self.unanswered.append(time.monotonic())
            return True


def job_log(stack: Stack) -> str:
    files = stack.processes["job"].log_files(stack.settings.state / "logs")
    return "".join(file.read_text() for file in files)


def test_a_registration_without_an_answer_fails_within_seconds_and_is_repeated() -> None:
    with (
        Stack.on_free_ports(["registry", "kafka"]) as inside,
        Proxy(inside.settings.registry_url) as proxy,
        Stack.on_free_ports(
            [],
            kafka=inside.settings.kafka_servers,
            registry=proxy.url,
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
        sentence, until = f"The registry at {proxy.url} has not answered", time.monotonic() + 30
        while sentence not in (log := job_log(outside)) and time.monotonic() < until:
            time.sleep(0.5)
        assert sentence in log
        assert "SocketTimeoutException" in log
