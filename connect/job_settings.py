"""The settings by the cost of another value for the running job."""

REBUILDS = (
    "delivery",
    "time_zone",
    "gate",
    "dedup_seconds",
    "count_seconds",
    "finished_seconds",
)
"""Settings that decide what the state remembers: it is calculated anew from the first event."""
RESTARTS = (
    "kafka",
    "registry",
    "kafka_client",
    "registry_client",
    "checkpoint_seconds",
    "checkpoints",
    "parallelism",
    "state_backend",
    "avro_format",
    "days_milliseconds",
)
"""Settings with which the job continues from its state."""
OTHER_JOBS = ("prefix", "flink")
"""Settings that name a job: with another value there is another one beside it."""
