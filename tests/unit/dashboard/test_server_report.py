"""The dashboard is ready while its server and its database answer."""

import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from connect import metrics
from connect.part_status import PartStatus
from connect.settings import Settings
from dashboard import server_report
from dashboard.model.signs import Outage, Part
from dashboard.server_report import NO_PAGES, ServerReport

OUTAGE = Outage(datetime(2026, 1, 31, tzinfo=UTC), "It does not answer.")


class Streamlit(BaseHTTPRequestHandler):
    code = 200

    def do_GET(self) -> None:
        self.send_response(self.code if self.path == "/_stcore/health" else 404)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def port() -> Iterator[int]:
    Streamlit.code = 200
    server = ThreadingHTTPServer(("127.0.0.1", 0), Streamlit)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server.server_port
    server.shutdown()
    server.server_close()


def until(report: ServerReport, sentence: str) -> None:
    end = time.monotonic() + 10
    while report.obstacle() != sentence:
        assert time.monotonic() < end, report.obstacle()
        time.sleep(0.01)


def test_it_is_ready_while_streamlit_and_the_database_answer(
    monkeypatch: pytest.MonkeyPatch, port: int
) -> None:
    monkeypatch.setattr(server_report, "EVERY_SECONDS", 0.01)
    outages: dict[Part, Outage] = {Part.BROKER: OUTAGE}
    status = PartStatus()
    report = ServerReport(Settings(dashboard_port=port), status, lambda: outages)
    assert report.obstacle() == NO_PAGES
    report.watch_server()
    until(report, "")
    assert status._turned
    outages[Part.DATABASE] = OUTAGE
    assert report.obstacle() == OUTAGE.reason
    values = {each.labels: each.value for each in report.samples()}
    assert values == {("broker",): 1, ("registry",): 0, ("database",): 1}
    assert {each.metric for each in report.samples()} == {metrics.OUTAGE}
    outages.clear()
    Streamlit.code = 503
    until(report, NO_PAGES)
