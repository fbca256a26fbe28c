"""Alerts and charts use metrics that a part reports, and Prometheus accepts their files."""

import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from codegen import alerts_document, grafana_dashboard, prometheus_files
from codegen.alerts import ALERTS, FIGURES
from codegen.generate import ALERT_RULES, ROOT, SCRAPING
from connect.metrics import PARTS, every_metric
from connect.settings import Settings
from stack.services import processes
from tests.support.markdown_files import anchors

REPORTED = {each.name for each in every_metric()}
OF_EVERY_TARGET = {"up", "process_start_time_seconds", "process_resident_memory_bytes"}
RECORDED = {each.name for each in FIGURES}
METRIC = re.compile(r"\b(?:inventory|process|up)\w*\b(?=[^:]|$)")
RULES = {alert.name: alert for alert in ALERTS}


def rules() -> list[dict[str, Any]]:
    groups = yaml.safe_load(prometheus_files.rules())["groups"]
    return [rule for group in groups for rule in group["rules"]]


def metrics_of(expression: str) -> set[str]:
    return set(METRIC.findall(re.sub(r'"[^"]*"', "", expression)))


def test_each_expression_uses_metrics_that_are_reported() -> None:
    for each in (*ALERTS, *FIGURES):
        names = metrics_of(each.expression)
        assert names, each.name
        assert names <= REPORTED | OF_EVERY_TARGET, each.name


def test_at_least_twelve_alerts_each_have_a_section_of_the_runbook() -> None:
    assert len({alert.name for alert in ALERTS}) == len(ALERTS) >= 12
    page = alerts_document.document()
    addresses = {
        rule["alert"]: rule["annotations"]["runbook"] for rule in rules() if "alert" in rule
    }
    assert addresses.keys() == RULES.keys()
    for address in addresses.values():
        path, _, anchor = address.partition("#")
        assert anchor in anchors(page), address
        assert (ROOT / path).read_text("utf-8") == page


def test_a_rule_in_the_file_is_the_alert_that_is_declared() -> None:
    for rule in rules():
        if "alert" not in rule:
            continue
        alert = RULES[rule["alert"]]
        assert rule["expr"] == alert.expression
        assert rule.get("for", "0m") == f"{alert.minutes}m"
        assert rule["labels"]["severity"] == ("critical" if alert.critical else "warning")


def test_each_part_of_make_up_is_scraped_where_it_listens() -> None:
    ports = processes(Settings(status_port=prometheus_files.FIRST_PORT))
    (job,) = yaml.safe_load(prometheus_files.scrape_configuration())["scrape_configs"]
    addresses = {
        each["labels"]["part"]: f"http://{each['targets'][0]}/metrics"
        for each in job["static_configs"]
    }
    host = Settings().host
    assert addresses == {part: f"http://{host}:{ports[part].status_port}/metrics" for part in PARTS}
    assert f'job="{job["job_name"]}"' in RULES["InventoryPartDown"].expression


def test_no_metric_has_a_label_of_its_target_which_prometheus_would_rename() -> None:
    (job,) = yaml.safe_load(prometheus_files.scrape_configuration())["scrape_configs"]
    of_targets = {"job", "instance"}.union(*(each["labels"] for each in job["static_configs"]))
    assert "part" in of_targets
    assert [each.name for each in every_metric() if of_targets & set(each.labels)] == []


def test_the_dashboard_has_a_chart_of_each_metric_and_figure_and_no_two_overlap() -> None:
    panels = json.loads(grafana_dashboard.document())["panels"]
    expressions = [panel["targets"][0]["expr"] for panel in panels if "targets" in panel]
    drawn = set().union(*map(metrics_of, expressions), RECORDED & set(expressions))
    assert drawn >= REPORTED | RECORDED
    assert len({panel["id"] for panel in panels}) == len(panels)
    taken: set[tuple[int, int]] = set()
    for panel in panels:
        at = panel["gridPos"]
        cells = {
            (x, y)
            for x in range(at["x"], at["x"] + at["w"])
            for y in range(at["y"], at["y"] + at["h"])
        }
        assert not cells & taken
        assert max(x for x, _ in cells) < 24
        taken |= cells


HOUR = {
    'up{job="inventory", part="gate"}': "1x240",
    'inventory_ready{part="gate"}': "1x240",
    'process_start_time_seconds{job="inventory", part="gate"}': "0x240",
    'inventory_gate_lag_records{topic="sales"}': "5x240",
    "inventory_gate_waiting_records": "0x240",
    "inventory_gate_unsent_records": "3x240",
    "inventory_gate_flushes_total": "0+15x240",
    "inventory_gate_accepted_records_total": "0+300x240",
    'inventory_gate_quarantined_records_total{reason="contract"}': "0x240",
    "inventory_job_tasks": "8x240",
    "inventory_job_running_tasks": "8x240",
    "inventory_job_restarts_total": "0x240",
    "inventory_job_checkpoint_timestamp_seconds": "0+15x240",
    'inventory_job_checkpoints_total{result="failed"}': "0x240",
    "inventory_job_heap_bytes": "50x240",
    "inventory_job_heap_limit_bytes": "100x240",
    "inventory_job_computed_timestamp_seconds": "0+15x240",
    'inventory_read_model_read_timestamp_seconds{topic="levels"}': "0+15x240",
    'inventory_read_model_skipped_records_total{topic="levels"}': "0x240",
    "inventory_read_model_newest_movement_timestamp_seconds": "0+15x240",
    "inventory_producer_failed_records_total": "0x240",
    'inventory_dashboard_outage{dependency="database"}': "0x240",
}
"""An hour without a fault: samples of each series, 15 s apart, the first at time 0."""
STOPS = "0+15x200 3000x40"
FAULTS = {
    "InventoryPartDown": {"up": "1x200 0x40"},
    "InventoryPartNotReady": {"inventory_ready": "1x200 0x40"},
    "InventoryPartRestarts": {"process_start": "0x200 3000x4 3075x4 3150x31"},
    "InventoryGateBehind": {"inventory_gate_lag": "5x120 5+100x120"},
    "InventoryRecordsWait": {"inventory_gate_waiting": "0x200 4x40"},
    "InventoryGateOutputStuck": {"inventory_gate_flushes": "0+15x200 3000x40"},
    "InventoryQuarantineGrows": {"inventory_gate_quarantined": "0x200 0+1x40"},
    "InventoryQuarantineFlood": {"inventory_gate_quarantined": "0x200 0+100x40"},
    "InventoryNothingArrives": {"inventory_gate_accepted": "0+300x60 18000x180"},
    "InventoryJobTasksMissing": {"inventory_job_running": "8x200 6x40"},
    "InventoryJobFails": {"inventory_job_restarts": "0x200 0+1x40"},
    "InventoryCheckpointOld": {"inventory_job_checkpoint_timestamp": STOPS},
    "InventoryCheckpointsFail": {"inventory_job_checkpoints_total": "0x200 0+1x40"},
    "InventoryJobHeapFull": {"inventory_job_heap_bytes": "50x100 95x140"},
    "InventoryJobBehind": {"inventory_job_computed": STOPS},
    "InventoryReadModelBehind": {"inventory_read_model_read": STOPS},
    "InventoryRecordsSkipped": {"inventory_read_model_skipped": "0x200 1x40"},
    "InventoryFiguresOld": {"inventory_read_model_newest": STOPS},
    "InventoryProducerRefused": {"inventory_producer_failed": "0x200 0+1x40"},
    "InventoryDashboardBlind": {"inventory_dashboard_outage": "0x200 1x40"},
}
"""Alert -> the first letters of the series that its fault changes, and their samples."""
ALSO = {"InventoryQuarantineFlood": ["InventoryQuarantineGrows"]}


def fired(changes: dict[str, str], names: list[str]) -> dict[str, Any]:
    """A test of promtool: after this hour, exactly the named alerts fire."""
    hour = {
        series: next((new for begin, new in changes.items() if series.startswith(begin)), values)
        for series, values in HOUR.items()
    }
    assert sum(hour[series] != values for series, values in HOUR.items()) == len(changes)
    expected = [{"labels": f'{{alertname="{name}"}}', "value": 1} for name in names]
    query = 'count by (alertname) (ALERTS{alertstate="firing"})'
    return {
        "interval": "15s",
        "input_series": [{"series": name, "values": values} for name, values in hour.items()],
        "promql_expr_test": [{"expr": query, "eval_time": "1h", "exp_samples": expected}],
    }


def test_each_alert_fires_by_its_fault_and_none_fires_without_one(tmp_path: Path) -> None:
    assert FAULTS.keys() == RULES.keys()
    tests = [fired({}, [])]
    tests += [fired(changes, [name, *ALSO.get(name, ())]) for name, changes in FAULTS.items()]
    file = tmp_path / "tests.yml"
    (tmp_path / "rules.yml").write_text(prometheus_files.rules())
    head = {"rule_files": ["rules.yml"], "evaluation_interval": "15s"}
    file.write_text(yaml.safe_dump(head | {"tests": tests}))
    assert_accepted("test", "rules", str(file))


@pytest.mark.parametrize(("kind", "file"), [("rules", ALERT_RULES), ("config", SCRAPING)])
def test_prometheus_accepts_the_files(kind: str, file: Path) -> None:
    assert_accepted("check", kind, str(file))


def assert_accepted(*arguments: str) -> None:
    tool = shutil.which("promtool")
    if tool is None:
        pytest.skip("promtool is not installed (Debian's package prometheus)")
    done = subprocess.run([tool, *arguments], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
