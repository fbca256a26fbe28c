"""A Grafana dashboard with a chart of each figure and of each metric."""

import json
from collections.abc import Iterable, Iterator
from typing import Any

from codegen.alerts import FIGURES
from codegen.metrics_document import groups
from connect.metrics import Metric

COLUMNS, WIDTH, HEIGHT = 3, 8, 7
"""Charts beside each other, and the size of one in Grafana's grid of 24 columns."""
RATE_SECONDS = "$__rate_interval"
SOURCE = {"type": "prometheus", "uid": "${source}"}
UNITS = {"seconds": "s", "bytes": "bytes"}
"""Last word of a name -> Grafana's unit."""
MEMORY = "process_resident_memory_bytes"
Chart = tuple[str, str, str, str]
"""Title, PromQL, Grafana's unit, description."""


def document() -> str:
    """Return deploy/grafana/inventory.json."""
    rows: list[tuple[str, list[Chart]]] = [("Overview", list(_overview()))]
    rows += [(title, [_chart(metric) for metric in group]) for title, group in groups()]
    dashboard = {
        "description": "Generated from connect/metrics.py and codegen/alerts.py by `make schemas`.",
        "title": "Inventory pipeline",
        "uid": "inventory-pipeline",
        "schemaVersion": 39,
        "editable": True,
        "refresh": "15s",
        "time": {"from": "now-1h", "to": "now"},
        "templating": {
            "list": [
                {
                    "name": "source",
                    "label": "Prometheus",
                    "type": "datasource",
                    "query": "prometheus",
                }
            ]
        },
        "panels": list(_panels(rows)),
    }
    return json.dumps(dashboard, indent=1) + "\n"


def _overview() -> Iterator[Chart]:
    for figure in FIGURES:
        subject = figure.name.split(":")[1]
        unit = "percentunit" if "ratio" in figure.name else "s"
        yield subject, figure.name, unit, figure.help
    yield MEMORY, MEMORY, "bytes", "Memory of each part's process."
    restarts = "changes(process_start_time_seconds[1h])"
    yield "restarts in an hour", restarts, "none", "Starts of each part's process."


def _chart(metric: Metric) -> Chart:
    """Chart a counter as its rate, a time as its age, and another metric as it is."""
    if metric.name.endswith("_timestamp_seconds"):
        return f"age of {metric.name}", f"time() - {metric.name}", "s", metric.help
    if metric.is_counter:
        # Seconds a second are a share.
        unit = "percentunit" if "_seconds_" in metric.name else "none"
        return (
            f"{metric.name} per second",
            f"rate({metric.name}[{RATE_SECONDS}])",
            unit,
            metric.help,
        )
    return metric.name, metric.name, UNITS.get(metric.name.rpartition("_")[2], "none"), metric.help


def _panels(rows: Iterable[tuple[str, list[Chart]]]) -> Iterator[dict[str, Any]]:
    number = top = 0
    for title, charts in rows:
        number += 1
        yield {
            "id": number,
            "type": "row",
            "title": title,
            "collapsed": False,
            "gridPos": {"x": 0, "y": top, "w": COLUMNS * WIDTH, "h": 1},
            "panels": [],
        }
        top += 1
        for index, chart in enumerate(charts):
            number += 1
            line, column = divmod(index, COLUMNS)
            at = {"x": column * WIDTH, "y": top + line * HEIGHT, "w": WIDTH, "h": HEIGHT}
            yield {"id": number, "gridPos": at, **_panel(chart)}
        top += -(-len(charts) // COLUMNS) * HEIGHT


def _panel(chart: Chart) -> dict[str, Any]:
    title, expression, unit, description = chart
    return {
        "type": "timeseries",
        "title": title.removeprefix("inventory_"),
        "description": description,
        "datasource": SOURCE,
        "fieldConfig": {"defaults": {"unit": unit, "min": 0}, "overrides": []},
        "options": {"legend": {"displayMode": "list"}, "tooltip": {"mode": "multi"}},
        "targets": [{"refId": "A", "expr": expression, "datasource": SOURCE}],
    }
