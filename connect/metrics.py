"""All metrics, declared once: the parts report them, and documents and charts are made of them.

Names follow Prometheus' conventions: the base unit is in the name, and a counter ends in `_total`.
"""

from collections.abc import Iterator
from typing import NamedTuple

PARTS = {
    "gate": "gate",
    "job": "client of the Flink job",
    "views": "read model",
    "dashboard": "dashboard",
    "simulate": "simulator",
    "replenish": "replenisher",
    "alerts": "alerts for stores",
}
"""Title of each part; its status port is the first one and its place in this order."""
PRODUCERS = ("simulate", "replenish")


class Metric(NamedTuple):
    """One metric; labels and help as Prometheus' clients take them."""

    name: str
    parts: tuple[str, ...]
    """The parts that report it."""
    help: str
    labels: tuple[str, ...] = ()

    @property
    def is_counter(self) -> bool:
        """True for a metric that only grows, and begins at 0 when its part starts."""
        return self.name.endswith("_total")

    def of(self, value: float, *labels: str) -> "Sample":
        """Return a value of the metric. Raises ValueError for a label too many or too few."""
        if len(labels) != len(self.labels):
            raise ValueError(f"{self.name} has the labels {self.labels}, not {labels}.")
        return Sample(self, value, labels)


class Sample(NamedTuple):
    """The value of a metric, read now."""

    metric: Metric
    value: float
    labels: tuple[str, ...]


READY = Metric(
    "inventory_ready",
    tuple(PARTS),
    "1 while the part does its work; `/readyz` names what it waits for.",
)

ACCEPTED = Metric(
    "inventory_gate_accepted_records_total",
    ("gate",),
    "Records that break no rule. A record that its topic refuses is in quarantine, too, with the "
    "reason `unforwardable`.",
)
REPEATED = Metric(
    "inventory_gate_repeated_records_total",
    ("gate",),
    "Records later than the dedup horizon that are counted already, and not forwarded.",
)
COMPLETED_KEYS = Metric(
    "inventory_gate_completed_keys_total",
    ("gate",),
    "Accepted records that came without the key that their fields make.",
)
QUARANTINED = Metric(
    "inventory_gate_quarantined_records_total",
    ("gate",),
    "Records in quarantine, by the code of the reason.",
    ("reason",),
)
WAITING = Metric(
    "inventory_gate_waiting_records",
    ("gate",),
    "Records that wait for the registry or the read model.",
)
UNSENT = Metric(
    "inventory_gate_unsent_records", ("gate",), "Forwarded records that Kafka has not stored yet."
)
FLUSHES = Metric(
    "inventory_gate_flushes_total",
    ("gate",),
    "Times at which Kafka had stored all records that were forwarded.",
)
GATE_PARTITIONS = Metric("inventory_gate_partitions", ("gate",), "Partitions that the gate reads.")
GATE_LAG = Metric(
    "inventory_gate_lag_records",
    ("gate",),
    "Offsets of the public topic that the gate has not read, in its own partitions.",
    ("topic",),
)

TASKS = Metric("inventory_job_tasks", ("job",), "Tasks of the job.")
RUNNING_TASKS = Metric("inventory_job_running_tasks", ("job",), "Tasks of the job that run.")
RESTARTS = Metric(
    "inventory_job_restarts_total", ("job",), "Restarts of the job by Flink, after a failure."
)
STEP_TASKS = Metric("inventory_job_step_tasks", ("job",), "Tasks of a step.", ("step",))
IDLE = Metric(
    "inventory_job_idle_seconds_total",
    ("job",),
    "Time in which a step had nothing to do, summed over its tasks. It is busy for the rest.",
    ("step",),
)
BACKPRESSURED = Metric(
    "inventory_job_backpressured_seconds_total",
    ("job",),
    "Time in which a step waited for a later one, summed over its tasks.",
    ("step",),
)
JOB_READ = Metric(
    "inventory_job_read_records_total", ("job",), "Records that a step has read.", ("step",)
)
JOB_WRITTEN = Metric(
    "inventory_job_written_records_total", ("job",), "Records that a step has written.", ("step",)
)
CHECKPOINTS = Metric(
    "inventory_job_checkpoints_total",
    ("job",),
    "Checkpoints by result: `completed` or `failed`.",
    ("result",),
)
CHECKPOINT_AT = Metric(
    "inventory_job_checkpoint_timestamp_seconds",
    ("job",),
    "Time at which the newest checkpoint became complete, since 1970.",
)
CHECKPOINT_DURATION = Metric(
    "inventory_job_checkpoint_duration_seconds", ("job",), "Duration of the newest checkpoint."
)
CHECKPOINT_SIZE = Metric(
    "inventory_job_checkpoint_size_bytes", ("job",), "Size of the newest checkpoint's state."
)
HEAP = Metric(
    "inventory_job_heap_bytes", ("job",), "Used heap of the JVMs that run the tasks, summed."
)
HEAP_LIMIT = Metric(
    "inventory_job_heap_limit_bytes", ("job",), "Largest heap of these JVMs, summed."
)

READ = Metric(
    "inventory_read_model_offsets_total",
    ("views",),
    "Position in the topic, summed over its partitions: grows by what is read.",
    ("topic",),
)
SKIPPED = Metric(
    "inventory_read_model_skipped_records_total",
    ("views",),
    "Records that were skipped because they cannot be decoded, also by earlier processes.",
    ("topic",),
)
READ_LAG = Metric(
    "inventory_read_model_lag_records",
    ("views",),
    "Offsets of the topic that are not in the database yet.",
    ("topic",),
)
READ_AT = Metric(
    "inventory_read_model_read_timestamp_seconds",
    ("views",),
    "All records that the topic had at this time, since 1970, are in the database.",
    ("topic",),
)
MOVED_AT = Metric(
    "inventory_read_model_newest_movement_timestamp_seconds",
    ("views",),
    "Time of the newest movement in the database that is not in the future, since 1970: its age is "
    "the delay from the till to the pages, and the time since the last sale.",
)
JOB_LAG = Metric(
    "inventory_job_lag_records",
    ("views",),
    "Offsets of the topic that the job reads whose effect is not published, as of its newest "
    "checkpoint.",
    ("topic",),
)
COMPUTED_AT = Metric(
    "inventory_job_computed_timestamp_seconds",
    ("views",),
    "The effect of every record that was accepted by this time, since 1970, is published.",
)
BEAT_AT = Metric(
    "inventory_heartbeat_timestamp_seconds",
    ("views",),
    "Time, since 1970, at which the read model last saw the gate or the job at work.",
    ("watched",),
)

OUTAGE = Metric(
    "inventory_dashboard_outage",
    ("dashboard",),
    "1 while `broker`, `registry` or `database` does not answer the dashboard.",
    ("dependency",),
)

SENT = Metric("inventory_producer_sent_records_total", PRODUCERS, "Records that were sent.")
ACKNOWLEDGED = Metric(
    "inventory_producer_acknowledged_records_total", PRODUCERS, "Records that Kafka has stored."
)
FAILED = Metric(
    "inventory_producer_failed_records_total", PRODUCERS, "Records that Kafka has refused."
)
OPEN_ORDERS = Metric(
    "inventory_replenisher_open_orders",
    ("replenish",),
    "Orders of which something is still to come.",
)

ALERTS = Metric(
    "inventory_alerts_raised_total",
    ("alerts",),
    "Alerts for stores, by kind: each once, to however many targets.",
    ("kind",),
)
ALERTS_SENT = Metric(
    "inventory_alerts_sent_messages_total",
    ("alerts",),
    "Messages that the target has taken.",
    ("target",),
)
ALERTS_FAILED = Metric(
    "inventory_alerts_failed_attempts_total",
    ("alerts",),
    "Attempts at which the target has not taken a message. It is tried again.",
    ("target",),
)
ALERTS_WAITING = Metric(
    "inventory_alerts_waiting_messages",
    ("alerts",),
    "Messages that the target has not taken yet.",
    ("target",),
)


def every_metric() -> Iterator[Metric]:
    """Yield all metrics in the order of their declaration."""
    yield from (value for value in globals().values() if isinstance(value, Metric))


def status_port(first: int, part: str) -> int:
    """Return a part's status port. first: setting `status_port`; 0: there is none."""
    return first + list(PARTS).index(part) if first else 0
