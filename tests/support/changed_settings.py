"""Each setting with another value, and what the change takes for a job on a cluster."""

from enum import StrEnum
from pathlib import Path
from typing import Any, NamedTuple


class Takes(StrEnum):
    """Cost of another value of a setting for the running job, in the words of the page."""

    RESTART = "the steps above"
    REBUILD = "a rebuild of the state from the first event"
    ANOTHER_JOB = "another job: stop the one that runs first"
    NOTHING = "nothing: the job does not use them"


class Change(NamedTuple):
    """Another value of a setting."""

    takes: Takes
    value: Any


FILES = Path(__file__).parent / "client_files"
MONTH = 30 * 24 * 3600
CHANGES = {
    "kafka": Change(Takes.RESTART, "other:9092"),
    "registry": Change(Takes.RESTART, "http://other/apis/ccompat/v7"),
    "kafka_client": Change(Takes.RESTART, str(FILES / "kafka.properties")),
    "registry_client": Change(Takes.RESTART, str(FILES / "registry.properties")),
    "parallelism": Change(Takes.RESTART, 2),
    "checkpoint_seconds": Change(Takes.RESTART, 3),
    "checkpoints": Change(Takes.RESTART, "s3://other/checkpoints"),
    "state_backend": Change(Takes.RESTART, "rocksdb"),
    "avro_format": Change(Takes.RESTART, "avro-confluent"),
    "days_milliseconds": Change(Takes.RESTART, 1_000),
    "time_zone": Change(Takes.REBUILD, "Asia/Tokyo"),
    "finished_seconds": Change(Takes.REBUILD, 2 * MONTH),
    "dedup_seconds": Change(Takes.REBUILD, MONTH),
    "count_seconds": Change(Takes.REBUILD, MONTH),
    "gate": Change(Takes.REBUILD, "off"),
    "delivery": Change(Takes.REBUILD, "exactly-once"),
    "prefix": Change(Takes.ANOTHER_JOB, "other."),
    "flink": Change(Takes.ANOTHER_JOB, "other:8081"),
    "host": Change(Takes.NOTHING, "localhost"),
    "kafka_port": Change(Takes.NOTHING, 1),
    "registry_port": Change(Takes.NOTHING, 1),
    "flink_port": Change(Takes.NOTHING, 1),
    "dashboard_port": Change(Takes.NOTHING, 1),
    "status_port": Change(Takes.NOTHING, 9410),
    "dashboard_access": Change(Takes.NOTHING, "open"),
    "stall_seconds": Change(Takes.NOTHING, 1.0),
    "flink_client": Change(Takes.NOTHING, str(FILES / "flink.properties")),
    "topics": Change(Takes.NOTHING, "topics.toml"),
    "state": Change(Takes.NOTHING, Path("other-state")),
    "log_format": Change(Takes.NOTHING, "json"),
    "database": Change(Takes.NOTHING, "postgresql+psycopg://stock@db/inventory"),
    "ahead_hours": Change(Takes.NOTHING, 1.0),
    "count_ahead_seconds": Change(Takes.NOTHING, 1),
    "resume_from": Change(Takes.NOTHING, "savepoint-1"),
    "secure": Change(Takes.NOTHING, "1"),
    "job_heap": Change(Takes.NOTHING, "1g"),
    "day_seconds": Change(Takes.NOTHING, 10.0),
    "simulation": Change(Takes.NOTHING, "off"),
    "sales_rate": Change(Takes.NOTHING, 1.0),
    "history_days": Change(Takes.NOTHING, 1),
    "alerts": Change(Takes.NOTHING, "alerts.toml"),
}
"""By the name of the setting. Without addresses of its own, an installation has those of `host` and
the ports: then they take what the addresses take."""


def names(takes: Takes) -> list[str]:
    """Return the settings of which a change takes this."""
    return [name for name, change in CHANGES.items() if change.takes is takes]
