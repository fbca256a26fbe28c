"""All settings in one frozen object: defaults that work, overridden by environment variables.

Each field can be set by the environment variable INVENTORY_<FIELD NAME IN CAPITALS>.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, Self
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from connect.errors import UserError

PREFIX = "INVENTORY_"
ACCEPTED_PREFIX = "accepted-"
"""Prefix of the topics that the gate writes: accepted-<public topic>."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Addresses, intervals and choices of one installation."""

    host: str = "127.0.0.1"
    """Address on which every local process listens."""
    kafka_port: int = 9092
    """Port of the local broker; its controller takes the next one."""
    registry_port: int = 8085
    """Port of the local Schema Registry; its health endpoint takes the next one."""
    flink_port: int = 8081
    """Port of Flink's REST API and web page."""
    dashboard_port: int = 8501
    """Port of the dashboard."""
    stall_seconds: float = 15.0
    """Seconds without a new level after which the dashboard warns that its figures may be old."""

    kafka: str = ""
    """Bootstrap servers, host:port[,host:port]; empty: the local broker."""
    registry: str = ""
    """Base URL of the registry's Confluent API; empty: the local registry."""
    kafka_client: str = ""
    """File of further settings of every Kafka client, one `name = value` a line, such as
    security.protocol, sasl.username, ssl.ca.location (librdkafka's names; the job's Java clients
    are configured from the same lines); empty: none."""
    registry_client: str = ""
    """The same for the registry's clients: basic.auth.user.info (user:password), ssl.ca.location,
    ssl.certificate.location, ssl.key.location."""
    flink: str = "local"
    """"local", or host:port of the REST API of a Flink cluster to which the job is submitted."""

    state: Path = Path(".inventory")
    """Folder of all local state, logs and downloaded artifacts."""
    gate: str = "on"
    """"on": the job reads the records that the gate accepts; "off": it reads the public topics,
    where only trusted producers may write."""
    ahead_hours: float = 24.0
    """Hours that an event's time may be ahead of its arrival at the gate, as clocks differ."""
    parallelism: int = 2
    """Parallel instances of each operator of the job."""
    checkpoint_seconds: int = 30
    """Seconds between two checkpoints of the job: the work that is repeated after a crash. With
    the state in memory each checkpoint writes all of it."""
    checkpoints: str = ""
    """Folder or URL for checkpoints that every Flink process can reach; empty: below `state`."""
    job_heap: str = "4g"
    """Largest heap of the local job's JVM, as Java's -Xmx takes it."""
    state_backend: str = "hashmap"
    """"hashmap" (fast, in memory) or "rocksdb" (larger than memory)."""
    dedup_seconds: int = 7 * 24 * 3600
    """Dedup horizon in seconds: a repeated event_id is recognised for this long; 0: for ever."""
    count_seconds: int = 7 * 24 * 3600
    """Seconds after a count was taken within which it may be recorded; 0: no limit. For this time
    and the dedup horizon the job keeps every movement of a shelf that no count follows."""
    days_milliseconds: int = 5000
    """Milliseconds for which the job collects sales before it updates the sales by day."""
    time_zone: str = "UTC"
    """IANA name of the time zone of the stores' business days, such as Europe/Berlin."""
    delivery: str = "at-least-once"
    """Delivery guarantee of the published levels: "at-least-once", or "exactly-once", which makes
    them visible once a checkpoint."""
    sales_rate: float = 20.0
    """Receipt lines a second that the simulator of `make up` sells."""
    history_days: int = 28
    """Days of sales that the simulator of `make up` sends first, if there are no events yet;
    0: none."""

    @property
    def kafka_servers(self) -> str:
        return self.kafka or f"{self.host}:{self.kafka_port}"

    @property
    def registry_url(self) -> str:
        return self.registry or f"http://{self.host}:{self.registry_port}/apis/ccompat/v7"

    @property
    def topic_prefix(self) -> str:
        """Prefix of the topics that the job reads: the accepted ones, or none for the public."""
        return ACCEPTED_PREFIX if self.gate == "on" else ""

    @property
    def flink_artifacts(self) -> Path:
        """Folder of the job's jars: Flink's connectors, and a Java compiler."""
        return self.state / "artifacts" / "flink"

    @property
    def checkpoint_url(self) -> str:
        return self.checkpoints or (self.state.resolve() / "checkpoints").as_uri()

    def environment(self) -> dict[str, str]:
        """Return the settings as the environment variables that from_environment reads."""
        return {PREFIX + f.name.upper(): str(getattr(self, f.name)) for f in fields(self)}

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = os.environ) -> Self:
        """Read the settings from INVENTORY_* variables; defaults hold for those that are not set.

        Raises UserError for a variable that is not a setting, or for a value of the wrong type.
        """
        defaults = cls()
        types = {
            PREFIX + f.name.upper(): (f.name, type(getattr(defaults, f.name))) for f in fields(cls)
        }
        chosen: dict[str, Any] = {}
        for variable, text in environment.items():
            if not variable.startswith(PREFIX):
                continue
            if variable not in types:
                raise UserError(f"{variable} is not a setting; settings are: {', '.join(types)}.")
            name, value_type = types[variable]
            try:
                chosen[name] = value_type(text)
            except ValueError:
                expected = value_type.__name__
                raise UserError(f"{variable}: expected {expected}, got {text!r}.") from None
        return cls(**chosen)._checked()

    def _checked(self) -> Self:
        allowed = {
            "state_backend": ("hashmap", "rocksdb"),
            "gate": ("on", "off"),
            "delivery": ("at-least-once", "exactly-once"),
        }
        for name, values in allowed.items():
            if getattr(self, name) not in values:
                raise UserError(
                    f"{PREFIX}{name.upper()}: expected {' or '.join(values)}, "
                    f"got {getattr(self, name)!r}."
                )
        try:
            ZoneInfo(self.time_zone)
        except (ZoneInfoNotFoundError, ValueError):
            raise UserError(
                f"{PREFIX}TIME_ZONE: expected the IANA name of a time zone, such as "
                f"Europe/Berlin, got {self.time_zone!r}."
            ) from None
        return self
