"""Alerts for operators, declared once: the rules of Prometheus and the runbook are made of them."""

from typing import NamedTuple


class Alert(NamedTuple):
    """One rule and its section of the runbook. A name says what is wrong, in one word."""

    name: str
    expression: str
    """In PromQL; it is true while the alert holds."""
    minutes: int
    """Time for which it must hold."""
    critical: bool
    """True if figures in the stores are wrong or old meanwhile."""
    symptom: str
    meaning: str
    action: str


ALERTS = (
    Alert(
        "InventoryPartDown",
        'up{job="inventory"} == 0',
        1,
        True,
        "Prometheus gets no answer from a part at its status port.",
        "The part has ended, hangs, or its machine cannot be reached. A part that crashes is "
        "started again within seconds, so this one does not come up.",
        "`make status`, then `make logs SERVICE=…` of that part: its last sentence names the "
        "cause. On a cluster: the events of its container.",
    ),
    Alert(
        "InventoryPartNotReady",
        "inventory_ready == 0",
        3,
        True,
        "A part runs, but does not do its work.",
        "Something that it needs does not answer, or it is still reading what it missed.",
        "Read `/readyz` at the part's status port: it answers with one sentence about the "
        "cause. [Standstills](../operations.md#standstills) explains the most frequent ones.",
    ),
    Alert(
        "InventoryPartRestarts",
        'changes(process_start_time_seconds{job="inventory"}[15m]) > 2',
        0,
        True,
        "A part has started at least three times within 15 minutes.",
        "It ends soon after each start: a setting is wrong, a dependency refuses it, or its "
        "memory is limited to less than it needs.",
        "`make logs SERVICE=…` of that part; the line before each start is the cause.",
    ),
    Alert(
        "InventoryGateBehind",
        "sum by (topic) (inventory_gate_lag_records) > 1000\n"
        "and sum by (topic) (inventory_gate_lag_records)\n"
        "  >= sum by (topic) (inventory_gate_lag_records offset 5m)",
        5,
        True,
        "Unread records of a public topic grow.",
        "More records arrive than the gates forward, or the gate waits. A backlog that shrinks, "
        "as after an outage, raises no alert.",
        "If the gate is ready, start another one (`.venv/bin/python -m gate --name gate-2`): "
        "partitions are shared. If it is not, see its `/readyz`.",
    ),
    Alert(
        "InventoryRecordsWait",
        "min_over_time(inventory_gate_waiting_records[2m]) > 0",
        1,
        True,
        "Records wait in the gate for their verdict.",
        "The registry does not return their schema, or the read model does not answer about "
        "records later than the dedup horizon. All later records of their partitions wait, too.",
        "The gate's `/readyz` names the partition and the cause: bring the registry or the read "
        "model back. The records then go on by themselves.",
    ),
    Alert(
        "InventoryGateOutputStuck",
        "min_over_time(inventory_gate_unsent_records[1m]) > 0\n"
        "and rate(inventory_gate_flushes_total[1m]) == 0",
        1,
        True,
        "Forwarded records are not stored: at no time did Kafka have all of them.",
        "Kafka acknowledges nothing to the gate: too few replicas are in sync, a disk is full, "
        "or the broker hangs.",
        "Check the broker: its log, its disk, and `kafka-topics.sh --describe "
        "--under-min-isr-partitions`.",
    ),
    Alert(
        "InventoryQuarantineGrows",
        "sum by (reason) (increase(inventory_gate_quarantined_records_total[15m])) > 0",
        0,
        False,
        "Records were quarantined within the last 15 minutes.",
        "A producer sends records that break a rule. They are in no figure.",
        "`make quarantine` shows them with the rule that each breaks; "
        "[quarantine](../quarantine.md) describes the remedy for each reason.",
    ),
    Alert(
        "InventoryQuarantineFlood",
        "sum(rate(inventory_gate_quarantined_records_total[5m]))\n"
        "  / (sum(rate(inventory_gate_quarantined_records_total[5m]))\n"
        "    + sum(rate(inventory_gate_accepted_records_total[5m]))) > 0.05",
        5,
        True,
        "More than 5 % of all records are quarantined.",
        "A producer was changed, or has another schema than the contract: figures lack its events.",
        "As for InventoryQuarantineGrows. Stop the rollout of the producer, and redrive its "
        "records once the cause is gone.",
    ),
    Alert(
        "InventoryNothingArrives",
        "sum(increase(inventory_gate_accepted_records_total[15m])) == 0",
        15,
        False,
        "The gate has accepted no record for half an hour: none within 15 minutes, and this has "
        "held for 15 minutes.",
        "All tills are silent: the stores are closed, or nothing reaches Kafka. Silence this "
        "alert outside of opening hours.",
        "Ask one store for a sale, and look for it in Kafka. Check the network between stores "
        "and Kafka.",
    ),
    Alert(
        "InventoryJobTasksMissing",
        "inventory_job_running_tasks < inventory_job_tasks",
        2,
        True,
        "Not all tasks of the job run.",
        "Flink restarts the job, or lacks slots for it. No figure is calculated meanwhile.",
        "Flink's web page shows the job's exceptions and the free slots; `make logs SERVICE=job`.",
    ),
    Alert(
        "InventoryJobFails",
        "increase(inventory_job_restarts_total[10m]) > 2",
        0,
        True,
        "The job was restarted at least three times within 10 minutes.",
        "It fails again and again at the same record, or at a dependency.",
        "`make logs SERVICE=job` names the cause of each failure; see "
        "[standstills](../operations.md#standstills).",
    ),
    Alert(
        "InventoryCheckpointOld",
        "time() - inventory_job_checkpoint_timestamp_seconds > 300",
        0,
        False,
        "The newest checkpoint is older than 5 minutes.",
        "Checkpoints fail or take too long. Figures are right, but a crash now repeats all work "
        "since that checkpoint, and the page says that later sales may be missing.",
        "Flink's web page, Checkpoints: the step that does not acknowledge. Check that the "
        "folder of checkpoints can be written and has space.",
    ),
    Alert(
        "InventoryCheckpointsFail",
        'increase(inventory_job_checkpoints_total{result="failed"}[15m]) > 2',
        0,
        False,
        "At least three checkpoints failed within 15 minutes.",
        "The folder of checkpoints cannot be written, is full, or a step is held up for too long.",
        "As for InventoryCheckpointOld.",
    ),
    Alert(
        "InventoryJobHeapFull",
        "min_over_time(inventory_job_heap_bytes[15m]) / inventory_job_heap_limit_bytes > 0.85",
        0,
        False,
        "The heap of the job stays above 85 % after collections of garbage.",
        "The state has grown with shelves and days of sales. The job will slow down, and then "
        "end for lack of memory.",
        "Raise `INVENTORY_JOB_HEAP`, or set `INVENTORY_STATE_BACKEND=rocksdb`: see "
        "[growth](../operations.md#growth).",
    ),
    Alert(
        "InventoryJobBehind",
        "time() - inventory_job_computed_timestamp_seconds > 180",
        2,
        True,
        "Accepted records are not in any figure after 3 minutes.",
        "The job is slower than the tills, or stands still.",
        "The page Pipeline, or the chart of busy steps: the busy step for which the steps "
        "before it wait is too slow. Raise `INVENTORY_PARALLELISM`.",
    ),
    Alert(
        "InventoryReadModelBehind",
        "time() - min(inventory_read_model_read_timestamp_seconds) > 30",
        2,
        True,
        "Published figures are not in the database after 30 s.",
        "The read model's process, its database or Kafka is slow or silent. Pages show old "
        "figures.",
        "`.venv/bin/python -m views status` shows the topic that is behind; "
        "`make logs SERVICE=views`.",
    ),
    Alert(
        "InventoryRecordsSkipped",
        "increase(inventory_read_model_skipped_records_total[15m]) > 0",
        0,
        True,
        "The read model skipped published records that it cannot decode.",
        "Something else than the job writes to a published topic, or the schema of it is not in "
        "the registry.",
        "`.venv/bin/python -m views status` names the topic. Take the right to write away "
        "from the other client, then `make rebuild`.",
    ),
    Alert(
        "InventoryFiguresOld",
        "min_over_time((time() - "
        "inventory_read_model_newest_movement_timestamp_seconds)[3m:15s]) > 60\n"
        "and on () sum(rate(inventory_gate_accepted_records_total[3m])) > 0",
        0,
        True,
        "Records are accepted, but the newest movement on the pages is older than a minute.",
        "Sales do not reach the pages, wherever the cause is.",
        "The other alerts name the part. If there is none: the clocks of the tills, or events "
        "that arrive late.",
    ),
    Alert(
        "InventoryProducerRefused",
        "increase(inventory_producer_failed_records_total[15m]) > 0",
        0,
        True,
        "Kafka refused records of a producer.",
        "The broker was down for longer than the producer waits, or lacks a right or a topic.",
        "`make logs SERVICE=…` of the producer names the topic and the cause. Its events are "
        "sent again when it starts again.",
    ),
    Alert(
        "InventoryDashboardBlind",
        'inventory_dashboard_outage{dependency="database"} == 1',
        1,
        True,
        "The dashboard cannot read its database.",
        "No page shows figures.",
        "`make logs SERVICE=dashboard`; with PostgreSQL, the server itself.",
    ),
)


class Figure(NamedTuple):
    """A figure that Prometheus computes from several metrics."""

    name: str
    """By its conventions: level, colon, metric."""
    expression: str
    help: str


FIGURES = (
    Figure(
        "part:inventory_end_to_end_seconds:min1m",
        "min_over_time((time() - inventory_read_model_newest_movement_timestamp_seconds)[1m:15s])",
        "Smallest age of the newest movement in the database during a minute: the delay from "
        "the till to the pages, while sales are frequent.",
    ),
    Figure(
        "topic:inventory_gate_catch_up_seconds:deriv2m",
        "sum by (topic) (inventory_gate_lag_records)\n"
        "  / (-sum by (topic) (deriv(inventory_gate_lag_records[2m])) > 0)",
        "Time until the gate has read a topic, if both rates stay; nothing while its lag grows.",
    ),
    Figure(
        "topic:inventory_job_catch_up_seconds:deriv5m",
        "sum by (topic) (inventory_job_lag_records)\n"
        "  / (-sum by (topic) (deriv(inventory_job_lag_records[5m])) > 0)",
        "The same of the job.",
    ),
    Figure(
        "step:inventory_job_busy:ratio1m",
        "1 - (rate(inventory_job_idle_seconds_total[1m])\n"
        "  + rate(inventory_job_backpressured_seconds_total[1m])) / inventory_job_step_tasks",
        "Share of its time in which a step of the job is busy, 0 to 1.",
    ),
)
