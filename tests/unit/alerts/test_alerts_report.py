"""Readiness and metrics of the process of alerts."""

from typing import Any

from alerts.alerts_report import AlertsReport
from connect import metrics
from connect.metrics import every_metric
from tests.support.alert_drill import TARGET, AlertDrill


def report(drill: AlertDrill) -> AlertsReport:
    return AlertsReport(drill.settings, drill.service, drill.couriers)


def values(drill: AlertDrill) -> dict[Any, float]:
    return {(each.metric, *each.labels): each.value for each in report(drill).samples()}


def test_metrics_count_alerts_by_kind_and_messages_by_target(drill: AlertDrill) -> None:
    drill.stock("a", 0)
    drill.stock("b", 0)
    drill.look()
    drill.refuses = "no"
    drill.stock("c", 5)
    drill.look()
    counted = values(drill)
    assert counted[metrics.ALERTS, "out"] == 2
    assert counted[metrics.ALERTS, "low"] == 1
    assert counted[metrics.ALERTS_SENT, TARGET] == 1
    assert counted[metrics.ALERTS_FAILED, TARGET] == 1
    assert counted[metrics.ALERTS_WAITING, TARGET] == 1
    declared = {each for each in every_metric() if each.parts == ("alerts",)}
    assert {metric for metric, *_ in counted} == declared


def test_a_target_that_takes_nothing_is_what_it_waits_for(drill: AlertDrill) -> None:
    drill.stock("a", 0)
    drill.look()
    assert report(drill).obstacle() == ""
    drill.refuses = "Connection refused."
    drill.stock("b", 0)
    drill.look()
    assert report(drill).obstacle() == (
        f"Target {TARGET} takes no message since 14:00:00 UTC: Connection refused."
    )
    drill.service.failure = "The database fails."
    assert report(drill).obstacle() == "The database fails."
