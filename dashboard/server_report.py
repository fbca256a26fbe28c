"""Readiness and metrics of the dashboard's server process."""

import threading
import time
from collections.abc import Callable, Iterator, Mapping

import requests

from connect import metrics
from connect.metrics import Sample
from connect.part_status import PartStatus
from connect.settings import Settings
from dashboard.model.signs import Outage, Part

EVERY_SECONDS = 5.0
ANSWER_SECONDS = 5.0
QUERIED = (Part.BROKER, Part.REGISTRY, Part.DATABASE)
NO_PAGES = "Streamlit's server does not answer."


class ServerReport:
    """See connect.part_status.Report. outages: those of the parts that the server queries.

    Pages show figures as long as their database answers; they name the outages of others.
    """

    def __init__(
        self,
        settings: Settings,
        status: PartStatus,
        outages: Callable[[], Mapping[Part, Outage]],
    ) -> None:
        self._address = (
            f"{settings.scheme}://{settings.host}:{settings.dashboard_port}/_stcore/health"
        )
        self._trusted = str(settings.secret_files.authority) if settings.secured else True
        self._status, self._outages = status, outages
        self._serves = False

    def watch_server(self) -> None:
        """Note each answer of Streamlit's own server, in a thread: its loop turns."""
        threading.Thread(target=self._watch, daemon=True).start()

    def obstacle(self) -> str:
        if not self._serves:
            return NO_PAGES
        outage = self._outages().get(Part.DATABASE)
        return outage.reason if outage else ""

    def samples(self) -> Iterator[Sample]:
        outages = self._outages()
        for part in QUERIED:
            yield metrics.OUTAGE.of(part in outages, part)

    def _watch(self) -> None:
        with requests.Session() as session:
            session.trust_env = False  # requests to local addresses bypass a proxy
            session.verify = self._trusted
            while True:
                try:
                    session.get(self._address, timeout=ANSWER_SECONDS).raise_for_status()
                except requests.RequestException:
                    self._serves = False
                else:
                    self._serves = True
                    self._status.turn()
                time.sleep(EVERY_SECONDS)
