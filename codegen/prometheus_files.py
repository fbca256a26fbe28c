"""Prometheus' files: the scrape configuration of all parts, and the rules."""

import json
from collections.abc import Iterator

from codegen.alerts import ALERTS, FIGURES
from connect.metrics import PARTS, status_port
from connect.settings import Settings

FIRST_PORT = 9410
"""That of `make up` and docker-compose.yml."""
RUNBOOK = "docs/operations/alerts.md"
NOTE = "# Generated from {} by `make schemas`: change that file, not this one.\n"
SCRAPE = """\
# Copy it, replace the addresses by yours, and delete the parts that you do not run, such as alerts;
# a second gate is a further target.
global:
  scrape_interval: 15s
  evaluation_interval: 15s

rule_files:
  - rules.yml

scrape_configs:
  - job_name: inventory
    static_configs:
"""


def scrape_configuration() -> str:
    """Return prometheus.yml for `make up`: a target with the label `part` for each part."""
    lines = [NOTE.format("connect/metrics.py"), SCRAPE]
    for part in PARTS:
        address = f"{Settings().host}:{status_port(FIRST_PORT, part)}"
        lines.append(f'      - targets: ["{address}"]\n        labels:\n          part: {part}\n')
    return "".join(lines)


def rules() -> str:
    """Return rules.yml: recorded figures, then alerts, each with its section of the runbook."""
    return NOTE.format("codegen/alerts.py") + "".join(_rules())


def _rules() -> Iterator[str]:
    yield "groups:\n  - name: inventory-figures\n    rules:\n"
    for figure in FIGURES:
        yield f"      - record: {figure.name}\n{_expression(figure.expression)}"
    yield "  - name: inventory-alerts\n    rules:\n"
    for alert in ALERTS:
        yield f"      - alert: {alert.name}\n{_expression(alert.expression)}"
        if alert.minutes:
            yield f"        for: {alert.minutes}m\n"
        severity = "critical" if alert.critical else "warning"
        yield f"        labels:\n          severity: {severity}\n"
        yield f"        annotations:\n          summary: {json.dumps(alert.symptom)}\n"
        yield f"          runbook: {RUNBOOK}#{alert.name.lower()}\n"


def _expression(expression: str) -> str:
    lines = "".join(f"          {line}\n" for line in expression.splitlines())
    return f"        expr: |-\n{lines}"
