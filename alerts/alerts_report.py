"""Readiness and metrics of the process of alerts."""

from collections.abc import Iterator, Sequence

from alerts import outbox
from alerts.alert_service import AlertService
from alerts.courier import Courier
from alerts.kinds import Kind
from connect import metrics
from connect.metrics import Sample
from connect.settings import Settings
from views.database.engine import database_answers


class AlertsReport:
    """See connect.part_status.Report."""

    def __init__(
        self, settings: Settings, service: AlertService, couriers: Sequence[Courier]
    ) -> None:
        self._settings, self._service, self._couriers = settings, service, couriers

    def obstacle(self) -> str:
        if self._service.failure:
            return self._service.failure
        for courier in self._couriers:
            if courier.failing:
                since, reason = courier.failing
                return (
                    f"Target {courier.target} takes no message since {since:%H:%M:%S} UTC: {reason}"
                )
        return ""

    def samples(self) -> Iterator[Sample]:
        for kind in Kind:
            yield metrics.ALERTS.of(self._service.raised[kind], kind)
        for courier in self._couriers:
            yield metrics.ALERTS_SENT.of(courier.sent, courier.target)
            yield metrics.ALERTS_FAILED.of(courier.failed, courier.target)
        engine = self._service.engine
        if engine is None:
            return
        with database_answers(self._settings), engine.connect() as connection:
            waiting = outbox.waiting(connection)
        for courier in self._couriers:
            yield metrics.ALERTS_WAITING.of(waiting.get(courier.target, 0), courier.target)
