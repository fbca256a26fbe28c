"""All settings in one frozen object: environment variables over working defaults.

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
ACCEPTED = "accepted-"
"""What the topics are called, before the public topic's name, that the gate writes."""
GATE_GROUP = "inventory-gate"
"""The consumer group of all gates."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Addresses, intervals and choices of one installation."""

    host: str = "127.0.0.1"
    """Address on which every local process listens."""
    kafka_port: int = 9092
    registry_port: int = 8085
    flink_port: int = 8081
    """Flink's REST API and web page."""
    dashboard_port: int = 8501
    stall_seconds: float = 15.0
    """Time without a new level after which the dashboard says that the figures may be old."""

    kafka: str = ""
    """Bootstrap servers, host:port[,host:port]; empty: the local broker."""
    registry: str = ""
    """Base URL of the registry's Confluent API; empty: the local registry."""
    kafka_client: str = ""
    """File of further settings of every client of Kafka, a line each: name = value, such as
    security.protocol, sasl.username, ssl.ca.location (librdkafka documents them; the job's Java
    clients get theirs from the same lines); empty: none."""
    registry_client: str = ""
    """The same for the registry's clients: basic.auth.user.info (user:password), ssl.ca.location,
    ssl.certificate.location, ssl.key.location."""
    flink: str = "local"
    """"local", or the host:port of a Flink cluster's REST API: the job is submitted there."""

    state: Path = Path(".inventory")
    """The one folder that holds all local state, logs and downloaded parts."""
    gate: str = "on"
    """"on": the job reads what the gate has accepted; "off": it reads the public topics, for where
    only trusted producers may write."""
    ahead_hours: float = 24.0
    """How far in the future something may have happened, by the gate: what clocks may differ."""
    parallelism: int = 2
    """Parallel instances of each operator of the job."""
    checkpoint_seconds: int = 30
    """Time between two checkpoints of the job: what is done again after a crash. With the state
    in memory each of them writes all of it."""
    checkpoints: str = ""
    """Folder or URL for checkpoints that every Flink process can reach; empty: below `state`."""
    job_heap: str = "4g"
    """Largest heap of the local job's JVM, as Java's -Xmx takes it."""
    state_backend: str = "hashmap"
    """"hashmap" (fast, in memory) or "rocksdb" (larger than memory)."""
    dedup_seconds: int = 7 * 24 * 3600
    """Dedup horizon: how long a repeated event_id is recognised; 0: for ever."""
    count_seconds: int = 7 * 24 * 3600
    """How long after it was taken a count may be recorded; 0: however long. So long, and the
    dedup horizon, the job keeps the movements of a shelf that no count lies after."""
    days_milliseconds: int = 5000
    """How long the job gathers sales before it writes the sales by day that they change."""
    time_zone: str = "UTC"
    """Time zone of the stores' business days, by its IANA name, such as Europe/Berlin."""
    delivery: str = "at-least-once"
    """How levels are written: "at-least-once", or "exactly-once" (seen once a checkpoint)."""
    sales_rate: float = 20.0
    """Receipt lines a second that the simulator of `make up` sells."""

    @property
    def kafka_servers(self) -> str:
        return self.kafka or f"{self.host}:{self.kafka_port}"

    @property
    def registry_url(self) -> str:
        return self.registry or f"http://{self.host}:{self.registry_port}/apis/ccompat/v7"

    @property
    def inbound(self) -> str:
        """What stands before a public topic's name in the name of the topic that the job reads."""
        return ACCEPTED if self.gate == "on" else ""

    @property
    def flink_parts(self) -> Path:
        """Folder of the job's jars: Flink's connectors, and a Java compiler."""
        return self.state / "parts" / "flink"

    @property
    def checkpoint_url(self) -> str:
        return self.checkpoints or (self.state.resolve() / "checkpoints").as_uri()

    def environment(self) -> dict[str, str]:
        """These settings as the environment variables that from_environment reads."""
        return {PREFIX + f.name.upper(): str(getattr(self, f.name)) for f in fields(self)}

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = os.environ) -> Self:
        """Settings with every INVENTORY_* variable applied.

        Raises UserError for a variable that names no setting or whose text does not fit.
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
                raise UserError(f"{variable} is no setting; settings are: {', '.join(types)}.")
            name, kind = types[variable]
            try:
                chosen[name] = kind(text)
            except ValueError:
                raise UserError(f"{variable}: expected {kind.__name__}, got {text!r}.") from None
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
