"""All settings in one frozen object: defaults that work, overridden by environment variables.

Each field can be set by the environment variable INVENTORY_<FIELD NAME IN CAPITALS>.
"""

import os
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, fields, replace
from difflib import get_close_matches
from pathlib import Path
from typing import Any, Self
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from connect.errors import UserError
from connect.secret_files import SecretFiles

PREFIX = "INVENTORY_"
ACCEPTED_PREFIX = "accepted-"
"""Prefix of the topics that the gate writes, after that of the installation."""
PASSWORD = re.compile("://[^@?]*:[^@?]+@|[?&]password=")
"""A password in the URL of a database."""
FLINK = re.compile(r"local|(https?://)?[^/@\s]+:\d{1,5}")
PREFIX_OF_NAMES = re.compile("[A-Za-z0-9._-]{0,64}")
UNKNOWN_TO_JAVA = re.compile("(posix|right)/.*|posixrules|EST|HST|MST|ROC|localtime|Factory")
"""Names of time zones that Python knows and the job's Java does not."""
LARGEST_NUMBER = 10**9
SMALLEST_NUMBERS = {"checkpoint_seconds": 1}
"""Those that may not be 0."""
EXACTLY_ONCE_SECONDS = 300
"""Longest time between two checkpoints with exactly-once delivery. Kafka aborts a transaction that
is open for twice as long (flink.statements.TRANSACTION_SECONDS), and with it what is published."""
LONGEST_DAY_SECONDS = 24 * 3600
LONGEST_WAIT_SECONDS = 24 * 3600
"""Time that a record may wait for the gate without being late, as when the gate is down."""
SLACK_SECONDS = LONGEST_WAIT_SECONDS + 24 * 3600
"""Log time for which the job keeps more than the gate accepts: the longest wait, and a day in which
the gate cannot forward what it has accepted."""


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
    status_port: int = 0
    """First of the ports at which the parts serve `/livez`, `/readyz` and `/metrics`: one each, in
    the order gate, job, views, dashboard, simulate, replenish, alerts; 0: none. `make up` takes
    9410 unless another is set."""
    dashboard_access: str = "restricted"
    """Users of the dashboard if `host` is not this computer's own address: "restricted": those who
    have logged in, by Streamlit's OpenID Connect; "proxy": those whom a proxy in front of it
    authenticates; "open": all who reach its port."""
    secure: str = "0"
    """"1": `make up` makes a certificate authority and passwords once, below `state`, and runs the
    local broker, registry, Flink's REST API, metrics and dashboard with them; "0": without. Unless
    it is set, a state folder that has them stays secured."""
    stall_seconds: float = 5.0
    """Seconds without a sale or a new level after which the dashboard says so."""

    kafka: str = ""
    """Bootstrap servers, host:port[,host:port]; empty: the local broker."""
    registry: str = ""
    """Base URL of the registry's Confluent API, without user and password; empty: the local
    registry."""
    kafka_client: str = ""
    """File of further settings of every Kafka client, one `name = value` a line, such as
    security.protocol, sasl.username, ssl.ca.location (librdkafka's names; the job's Java clients
    are configured from the same lines); empty: none."""
    registry_client: str = ""
    """The same for the registry's clients: basic.auth.user.info (user:password), bearer.auth.token,
    ssl.ca.location, ssl.certificate.location, ssl.key.location."""
    flink: str = "local"
    """"local", or the REST API of a Flink cluster to which the job is submitted: host:port, or
    https://host:port."""
    flink_client: str = ""
    """The same for the clients of that REST API: bearer.auth.token, ssl.ca.location,
    ssl.certificate.location, ssl.key.location."""

    prefix: str = ""
    """Prefix of all names in Kafka, registry and Flink, such as `test.`, with which environments
    share a cluster: topics, subjects, consumer groups, transactional ids, the job; empty: none."""
    topics: str = ""
    """File (TOML) with replication, partitions and settings of the topics in this environment, for
    `contracts plan` and `apply`; empty: those of the contracts, replicated as the broker does."""
    state: Path = Path(".inventory")
    """Folder of all local state, logs and downloaded artifacts."""
    log_format: str = "text"
    """Lines of the parts' logs: "text", or "json", an object a line. Both have time (UTC), level,
    part and message; at a terminal "text" is the message alone."""
    database: str = ""
    """Database of the read model, such as postgresql+psycopg://user@host/database, without the
    password, which belongs into ~/.pgpass or PGPASSWORD; empty: SQLite in the state folder."""
    gate: str = "on"
    """"on": the job reads the records that the gate accepts; "off": it reads the public topics,
    where only trusted producers may write."""
    ahead_hours: float = 24.0
    """Hours that an event's time may be ahead of its arrival at the gate, as clocks differ."""
    count_ahead_seconds: int = 300
    """Seconds that the moment of a count may be ahead of its arrival at the gate."""
    parallelism: int = 0
    """Parallel instances of each operator of the job; 0: half of this machine's processors, at
    least 1. On two processors one instance takes a quarter less CPU than two."""
    checkpoint_seconds: int = 30
    """Seconds between two checkpoints of the job: the work that is repeated after a crash. With
    the state in memory each checkpoint writes all of it. `make up` takes 10 unless another is set,
    as pages know by the checkpoints how far the job is."""
    checkpoints: str = ""
    """Folder or URL for checkpoints that every Flink process can reach; empty: below `state`."""
    resume_from: str = ""
    """Savepoint or checkpoint from which the next start of the job continues, as the path or URL of
    its folder. Later starts continue from the newest one, as without it."""
    job_heap: str = "4g"
    """Largest heap of the local job's JVM, as Java's -Xmx takes it."""
    state_backend: str = "hashmap"
    """"hashmap" (fast, in memory) or "rocksdb" (larger than memory)."""
    avro_format: str = "contract-avro"
    """Format of the job's tables: "contract-avro" (fast) or "avro-confluent" (Flink's own); the
    messages are the same."""
    dedup_seconds: int = 7 * 24 * 3600
    """Dedup horizon in seconds: the job recognises a repeated event_id for this long; 0: for ever.
    Later ones are looked up in the read model."""
    count_seconds: int = 7 * 24 * 3600
    """Seconds after a count was taken within which it may be recorded; 0: no limit. For this time
    and the dedup horizon the job keeps every movement of a shelf that no count follows."""
    finished_seconds: int = 30 * 24 * 3600
    """Seconds for which orders and transfers are kept that are finished, after their last event;
    0: for ever."""
    days_milliseconds: int = 5000
    """Milliseconds for which the job collects sales before it updates the sales by day."""
    time_zone: str = "UTC"
    """IANA name of the time zone of the stores' business days, such as Europe/Berlin."""
    day_seconds: float = 86_400.0
    """Seconds that a day of lead time takes, for the replenisher and for what pages call urgent;
    `make up` takes 10 unless another is set, as its chain sells many days' worth in one day, but
    86400 with INVENTORY_SIMULATION=off."""
    delivery: str = "at-least-once"
    """Delivery guarantee of the published levels: "at-least-once", or "exactly-once", which makes
    them visible once a checkpoint, at most 300 s apart; the job rebuilds if it was down for more
    than 5 minutes."""
    simulation: str = "on"
    """"on": `make up` runs a simulated chain, and a replenisher that orders and delivers to every
    store what runs low; "off": neither, for data of one's own."""
    sales_rate: float = 20.0
    """Receipt lines a second that the simulator of `make up` sells."""
    history_days: int = 28
    """Days of sales that the simulator of `make up` sends first, if there are no events yet;
    0: none."""
    alerts: str = ""
    """File (TOML) that says which store sends which alerts where; empty: none are sent."""

    @property
    def kafka_servers(self) -> str:
        return self.kafka or f"{self.host}:{self.kafka_port}"

    @property
    def registry_url(self) -> str:
        local = f"{self.scheme}://{self.host}:{self.registry_port}/apis/ccompat/v7"
        return self.registry or local

    @property
    def secured(self) -> bool:
        """True if what listens locally requires TLS and a password."""
        return self.secure == "1"

    @property
    def scheme(self) -> str:
        """Scheme of the URLs of what listens locally."""
        return "https" if self.secured else "http"

    @property
    def secret_files(self) -> SecretFiles:
        """Certificates and passwords of a secured local stack."""
        return SecretFiles(self.state.resolve() / "secure")

    @property
    def administers_users(self) -> bool:
        """True for the administrator of a local broker that has a user for each part."""
        return self.secured and self.kafka_client == str(self.secret_files.administrator)

    def prefixed(self, name: str) -> str:
        """Return a topic, subject, group or other name as it is in Kafka and the registry."""
        return self.prefix + name

    @property
    def has_gate(self) -> bool:
        """True if the job reads the records that the gate accepts."""
        return self.gate == "on"

    @property
    def topic_prefix(self) -> str:
        """Prefix of the topics that the job reads: the accepted ones, or the public ones."""
        return self.prefixed(ACCEPTED_PREFIX if self.has_gate else "")

    @property
    def id_seconds(self) -> int:
        """Log time for which the job keeps an event_id; 0: for ever."""
        return self.dedup_seconds + SLACK_SECONDS if self.dedup_seconds else 0

    @property
    def movement_seconds(self) -> int:
        """Log time for which the job keeps a movement that no count follows; 0: for ever."""
        if not self.count_seconds or not self.dedup_seconds:
            return 0
        return self.count_seconds + self.dedup_seconds + SLACK_SECONDS

    @property
    def job_parallelism(self) -> int:
        """Parallel instances of each operator of the job."""
        return self.parallelism or max((os.cpu_count() or 1) // 2, 1)

    @property
    def job_count_seconds(self) -> int:
        """Limit of late counts in the job, as count_seconds: none behind the gate, which refuses
        them."""
        return 0 if self.has_gate else self.count_seconds

    @property
    def flink_url(self) -> str:
        """URL of Flink's REST API: of the local job, or of the cluster that runs it."""
        if self.flink == "local":
            return f"{self.scheme}://{self.host}:{self.flink_port}"
        return self.flink if "://" in self.flink else f"http://{self.flink}"

    @property
    def flink_address(self) -> str:
        """host:port of Flink's REST API."""
        return self.flink_url.partition("://")[2]

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
                raise UserError(f"{variable} is not a setting{_instead(variable, types)}")
            name, value_type = types[variable]
            try:
                chosen[name] = value_type(text)
            except ValueError:
                expected = value_type.__name__
                raise UserError(f"{variable}: expected {expected}, got {text!r}.") from None
        settings = cls(**chosen)
        if "secure" not in chosen and os.path.exists(settings.secret_files.folder):
            settings = replace(settings, secure="1")
        return settings._checked().with_secret_files()

    def with_secret_files(self) -> Self:
        """Return the settings with the files of a secured local stack, where they name no others:
        in Kafka they are its administrator's."""
        if not self.secured:
            return self
        files = self.secret_files
        changed: dict[str, Any] = {}
        for name, file, is_local in (
            ("kafka_client", files.administrator, not self.kafka),
            ("registry_client", files.registry, not self.registry),
            ("flink_client", files.flink, self.flink == "local"),
        ):
            if is_local and not getattr(self, name):
                changed[name] = str(file)
        return replace(self, **changed)

    def _checked(self) -> Self:
        allowed = {
            "state_backend": ("hashmap", "rocksdb"),
            "avro_format": ("contract-avro", "avro-confluent"),
            "gate": ("on", "off"),
            "log_format": ("text", "json"),
            "simulation": ("on", "off"),
            "delivery": ("at-least-once", "exactly-once"),
            "dashboard_access": ("restricted", "proxy", "open"),
            "secure": ("0", "1"),
        }
        for name, values in allowed.items():
            if getattr(self, name) not in values:
                raise UserError(
                    f"{PREFIX}{name.upper()}: expected {' or '.join(values)}, "
                    f"got {getattr(self, name)!r}."
                )
        if not 0 < self.day_seconds <= LONGEST_DAY_SECONDS:
            raise UserError(
                f"{PREFIX}DAY_SECONDS: expected more than 0 and at most {LONGEST_DAY_SECONDS:,.0f} "
                f"seconds, got {self.day_seconds!r}."
            )
        self._check_numbers()
        if not FLINK.fullmatch(self.flink):
            raise UserError(
                f"{PREFIX}FLINK: expected local, or host:port of a cluster's REST API, with "
                f"https:// in front for TLS, got {self.flink!r}."
            )
        if not PREFIX_OF_NAMES.fullmatch(self.prefix):
            raise UserError(
                f"{PREFIX}PREFIX: expected at most 64 letters, digits, dots, - and _, as in names "
                f"of topics, got {self.prefix!r}."
            )
        if self.prefix.endswith(ACCEPTED_PREFIX):
            raise UserError(
                f"{PREFIX}PREFIX: expected no end {ACCEPTED_PREFIX!r}, by which the public topics "
                f"would be the accepted ones of another installation, got {self.prefix!r}."
            )
        if "@" in self.registry:
            # The URL stands in logs, in the job's tables and in the environment of processes.
            raise UserError(
                f"{PREFIX}REGISTRY: expected a URL without user and password: put the line "
                f"`basic.auth.user.info = user:password` into the file that "
                f"{PREFIX}REGISTRY_CLIENT names."
            )
        if PASSWORD.search(self.database):
            # Likewise.
            raise UserError(
                f"{PREFIX}DATABASE: expected a URL without password: put the password into "
                "~/.pgpass, or into the variable PGPASSWORD."
            )
        try:
            ZoneInfo("" if UNKNOWN_TO_JAVA.fullmatch(self.time_zone) else self.time_zone)
        except (ZoneInfoNotFoundError, ValueError, OSError):  # OSError: a folder, such as Europe
            raise UserError(
                f"{PREFIX}TIME_ZONE: expected the IANA name of a time zone, such as "
                f"Europe/Berlin, got {self.time_zone!r}."
            ) from None
        return self

    def _check_numbers(self) -> None:
        for field in fields(self):
            value, smallest = getattr(self, field.name), SMALLEST_NUMBERS.get(field.name, 0)
            if isinstance(value, int | float) and not smallest <= value <= LARGEST_NUMBER:
                raise UserError(
                    f"{PREFIX}{field.name.upper()}: expected a number from {smallest} to "
                    f"{LARGEST_NUMBER:,}, got {value!r}."
                )
        if self.delivery == "exactly-once" and self.checkpoint_seconds > EXACTLY_ONCE_SECONDS:
            raise UserError(
                f"{PREFIX}CHECKPOINT_SECONDS: expected at most {EXACTLY_ONCE_SECONDS} with "
                f"{PREFIX}DELIVERY=exactly-once, as Kafka aborts transactions that are open for "
                f"long, got {self.checkpoint_seconds}."
            )


def _instead(variable: str, known: Collection[str]) -> str:
    """Name the settings that a variable may stand for, or all of them when none is like it."""
    # Without the prefix, which makes all of them alike.
    names = [each.removeprefix(PREFIX) for each in known]
    if near := get_close_matches(variable.removeprefix(PREFIX), names):
        return f": did you mean {' or '.join(PREFIX + each for each in near)}?"
    return f"; settings are: {', '.join(known)}."
