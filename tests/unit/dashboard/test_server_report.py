"""The dashboard is ready while its server and its database answer."""

import time
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from connect import metrics
from connect.part_status import PartStatus
from connect.settings import Settings
from dashboard import server_report
from dashboard.model.signs import Outage, Part
from dashboard.server_report import NO_PAGES, ServerReport
from tests.support.http_server import HttpServer

OUTAGE = Outage(datetime(2026, 1, 31, tzinfo=UTC), "It does not answer.")


class Streamlit(HttpServer):
    """Answers for its health with a code."""

    def __init__(self) -> None:
        super().__init__(lambda of: (self.code if of.path == "/_stcore/health" else 404, b""))
        self.code = 200


@pytest.fixture
def streamlit() -> Iterator[Streamlit]:
    with Streamlit() as streamlit:
        yield streamlit


def until(report: ServerReport, sentence: str) -> None:
    end = time.monotonic() + 10
    while report.obstacle() != sentence:
        assert time.monotonic() < end, report.obstacle()
        time.sleep(0.01)


def test_it_is_ready_while_streamlit_and_the_database_answer(
    monkeypatch: pytest.MonkeyPatch, streamlit: Streamlit
) -> None:
    monkeypatch.setattr(server_report, "EVERY_SECONDS", 0.01)
    outages: dict[Part, Outage] = {Part.BROKER: OUTAGE}
    status = PartStatus()
    report = ServerReport(Settings(dashboard_port=streamlit.port), status, lambda: outages)
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
    streamlit.code = 503
    until(report, NO_PAGES)
