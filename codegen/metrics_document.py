"""The page about health and metrics: every metric of every part, with its port."""

from collections.abc import Iterator
from itertools import groupby

from codegen.alerts import FIGURES
from codegen.prometheus_files import FIRST_PORT
from connect.metrics import PARTS, Metric, every_metric, status_port
from connect.part_status import LIVE_SECONDS
from connect.settings import PREFIX
from contracts.markdown import code, table, text

HEAD = f"""\
<!-- Generated from connect/metrics.py by `make schemas`: change that file, not this one. -->
# Health and metrics

With `{PREFIX}STATUS_PORT` each part serves, on `{PREFIX}HOST`, at a port of its own:

| address | answer |
|---|---|
| `/livez` | 200 while the part's loop turns: it did within {LIVE_SECONDS:.0f} s, or the part has \
started since then. Else 503: a restart helps |
| `/readyz` | 200 while the part does its work: what it needs has answered, and nothing stands \
still. Else 503, with one sentence about the cause |
| `/metrics` | all metrics of the part, in Prometheus' format |

The answers are about the part itself, wherever Kafka, registry, Flink and the database run. Metrics
are read when they are scraped: between two scrapes they cost nothing. The ports follow one another
in the order of the parts, wherever a part runs. `make up` begins with {FIRST_PORT}, and
`make status` shows them. A second gate on the same machine needs another first port.
There are no passwords, unless the stack is [secured](threat-model.md): as everything of
`make up`, the ports listen on 127.0.0.1; open them to
Prometheus only.
"""
PROBES = """\
In Kubernetes, `livenessProbe` and `readinessProbe` are an `httpGet` each. They need
`INVENTORY_HOST=0.0.0.0` in the container. Of the gate:

```yaml
livenessProbe: {httpGet: {path: /livez, port: 9410}, periodSeconds: 10, failureThreshold: 3}
readinessProbe: {httpGet: {path: /readyz, port: 9410}, periodSeconds: 10, timeoutSeconds: 5}
```
"""
PROMETHEUS = """\
## Prometheus and Grafana

- [`prometheus.yml`](../../deploy/prometheus/prometheus.yml) scrapes all parts of `make up`, each
  with the label `part`; [`rules.yml`](../../deploy/prometheus/rules.yml) beside it has the
  [alerts](alerts.md) and the figures below.
- [`inventory.json`](../../deploy/grafana/inventory.json) is a Grafana dashboard with a chart of
  every metric: import it and choose the Prometheus data source.

```console
prometheus --config.file=deploy/prometheus/prometheus.yml --web.listen-address=127.0.0.1:9090
```
"""
METRICS = """\
## Metrics

On Linux, each part reports `process_resident_memory_bytes`, `process_cpu_seconds_total`,
`process_start_time_seconds` and other metrics of its process, too; how often it has started is
`changes(process_start_time_seconds[1h])`. Of the job, that is the client without the JVM. A metric
that cannot be read now is missing. Topics have the prefix of the installation.
"""
COLUMNS = ("metric", "type", "labels", "meaning")
FLINK = """\
## Flink's own metrics

The job's client reads what the table above has from Flink's REST API, of a local job as of one on
a cluster. On a cluster, Flink's own reporter has further metrics of each task. It is part of Flink
(`plugins/metrics-prometheus`); set in the cluster's configuration:

```properties
metrics.reporter.prom.factory.class: org.apache.flink.metrics.prometheus.PrometheusReporterFactory
metrics.reporter.prom.port: 9250-9260
```

It listens on every address of the machine, and Flink has no option for another one. So the local
job of `make up` does not use it: leave the ports to Prometheus by a firewall or a network policy.
"""


def document() -> str:
    """Return docs/operations/metrics.md."""
    ports = [
        (code(part), title, str(status_port(FIRST_PORT, part))) for part, title in PARTS.items()
    ]
    lines = [HEAD, *table(("part", "title", "port in `make up`"), ports), "", PROBES, METRICS]
    for title, group in groups():
        lines += [f"### {title}", "", *table(COLUMNS, map(_row, group)), ""]
    figures = [(code(each.name), text(each.help)) for each in FIGURES]
    return "\n".join([*lines, PROMETHEUS, *table(("figure", "meaning"), figures), "", FLINK])


def groups() -> Iterator[tuple[str, Iterator[Metric]]]:
    """Yield the metrics of the same parts, after a title of these parts."""
    for parts, group in groupby(every_metric(), key=lambda each: each.parts):
        titles = ["every part"] if parts == tuple(PARTS) else [PARTS[part] for part in parts]
        yield " and ".join(titles).capitalize(), group


def _row(metric: Metric) -> tuple[str, str, str, str]:
    labels = ", ".join(map(code, metric.labels))
    kind = "counter" if metric.is_counter else "gauge"
    return code(metric.name), kind, labels, text(metric.help)
