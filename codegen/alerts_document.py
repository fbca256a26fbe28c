"""The runbook: a section for each alert."""

from codegen.alerts import ALERTS

HEAD = """\
<!-- Generated from codegen/alerts.py by `make schemas`: change that file, not this one. -->
# Alerts for operators

[`deploy/prometheus/rules.yml`](../../deploy/prometheus/rules.yml) holds these rules, for Prometheus
with the [scrape configuration](metrics.md#prometheus-and-grafana). A *critical* alert means that
figures in the stores are wrong or old now, a *warning* that they will be. Route them with
Alertmanager; each carries the address of its section here. What stores hear, as when something
runs out, is in [alerts for stores](../alerts.md).
"""


def document() -> str:
    """Return docs/operations/alerts.md."""
    lines = [HEAD]
    for alert in ALERTS:
        severity = "critical" if alert.critical else "warning"
        when = f"if it holds for {alert.minutes} min" if alert.minutes else "at once"
        lines += [
            f"## {alert.name}",
            "",
            f"*{severity}*, {when}",
            "",
            "```promql",
            alert.expression,
            "```",
            "",
            f"- **Symptom:** {alert.symptom}",
            f"- **Meaning:** {alert.meaning}",
            f"- **Action:** {alert.action}",
            "",
        ]
    return "\n".join(lines)
