"""All that operators see, observed for all sessions of this server: newest answers and history."""

import os
from collections import deque
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from functools import cache, partial
from typing import Any, TypeVar
from xmlrpc.client import Error as RpcError
from xmlrpc.client import ServerProxy

import psutil
from confluent_kafka import KafkaException
from confluent_kafka.schema_registry import SchemaRegistryClient
from sqlalchemy import Engine
from supervisor.xmlrpc import SupervisorTransport

from connect import cluster_rest, kafka, registry
from connect.cluster_rest import TIMEOUT_SECONDS
from connect.errors import UserError
from connect.kafka import GATE_GROUP, JOB_GROUP, Admin
from connect.lasting_admin import LastingAdmin
from connect.process_memory import family_memory
from connect.settings import Settings
from connect.standstill import of_all_services
from dashboard.pipeline.contract_versions import ContractVersion, contract_versions
from dashboard.pipeline.lag import Reading
from dashboard.pipeline.poll import Poll
from dashboard.pipeline.read_lag import read_positions
from dashboard.pipeline.refused import Refused
from dashboard.pipeline.service_state import ServiceState, service_states
from dashboard.pipeline.topic_positions import readings
from dashboard.pipeline.watch import RECONNECT, running_job
from schemas import generated
from schemas.generated import InventoryLevel, Product
from views.database import delays
from views.database.delays import Delay
from views.database.engine import database_answers
from views.database.product_unit import unit_of
from views.database.quarantine_rows import by_reason, newest
from views.quarantine import QUARANTINE_DAYS
from views.quarantine_fields import readable_fields

EVERY_SECONDS = 3.0
STEPS_SECONDS = 2.0
"""A local job renews the figures of its steps each 2 s."""
STEP_ANSWERS = 10
"""Answers about the job's steps that are kept: on a cluster, they are the same for 10 s."""
DELAYS = timedelta(hours=6)
"""Time over which the delays are shown."""
VERSIONS_SECONDS = 60.0
REGISTRY_SECONDS = 4.5
SUPERVISOR = "SUPERVISOR_SERVER_URL"
"""Variable that supervisord sets for its services."""
READ_MODEL = "read model"
T = TypeVar("T")


class Observer:
    """The polls of the Pipeline page."""

    def __init__(self, settings: Settings, engine: Engine) -> None:
        self._settings, self._engine = settings, engine
        self._steps: deque[dict[str, Any]] = deque(maxlen=STEP_ANSWERS)
        # Long enough for the commits of the job by which it is measured: see lag.SPAN. They come
        # with its checkpoints.
        kept = int((2 * settings.checkpoint_seconds + 60) / EVERY_SECONDS)
        self._readings: deque[dict[tuple[str, str], Reading]] = deque(maxlen=kept)
        self.services = _started(_services, EVERY_SECONDS)
        self.steps = _started(lambda: _kept(self._steps, self._job()), STEPS_SECONDS)
        self.checkpoints = _started(lambda: self._job("/checkpoints"), EVERY_SECONDS)
        self._own_readings: deque[dict[tuple[str, str], Reading]] = deque(maxlen=kept)
        self.positions = _started(
            lambda: _kept(self._readings, _positions(settings)), EVERY_SECONDS
        )
        self.own_positions = _started(
            lambda: _kept(self._own_readings, self._own_positions()), EVERY_SECONDS
        )
        self.versions = _started(lambda: _versions(settings), VERSIONS_SECONDS)
        self.delays = _started(self._observed_delays, EVERY_SECONDS)
        self.refused = _started(self._refused, EVERY_SECONDS)

    def stop(self) -> None:
        """End all polls."""
        for poll in vars(self).values():
            if isinstance(poll, Poll):
                poll.stop()

    @property
    def first_reader(self) -> str:
        """The consumer group that reads the public topics."""
        return self._settings.prefixed(GATE_GROUP if self._settings.has_gate else JOB_GROUP)

    @property
    def commit_seconds(self) -> dict[str, float]:
        """Time between two commits, of the reader that does not commit at once."""
        return {self._settings.prefixed(JOB_GROUP): float(self._settings.checkpoint_seconds)}

    def reader_name(self, reader: str) -> str:
        """Return the service of a consumer group."""
        services = {GATE_GROUP: "gate", JOB_GROUP: "job"}
        return services.get(reader.removeprefix(self._settings.prefix), reader)

    def standstills(self) -> list[str]:
        """Return the sentences of services that have work and do not move."""
        return of_all_services(self._settings)

    def machine_memory(self) -> tuple[int, int]:
        """Return the available and the total bytes of this machine."""
        memory = psutil.virtual_memory()
        return memory.available, memory.total

    def _own_positions(self) -> dict[tuple[str, str], Reading]:
        with database_answers(self._settings), self._engine.connect() as connection:
            positions = read_positions(connection)
        now = datetime.now(UTC)
        return {(READ_MODEL, topic): Reading(now, *each) for topic, each in positions.items()}

    def _observed_delays(self) -> Sequence[Delay]:
        with database_answers(self._settings), self._engine.connect() as connection:
            return delays.since(connection, datetime.now(UTC) - DELAYS)

    def _refused(self) -> Refused:
        after = datetime.now(UTC) - timedelta(days=QUARANTINE_DAYS)
        with database_answers(self._settings), self._engine.connect() as connection:
            reasons, record = by_reason(connection, after), newest(connection, after)
        if record is None:
            return Refused(reasons)
        schema_text = partial(registry.schema_text, _schemas(self._settings))
        try:
            fields = readable_fields(record, schema_text, self._settings.prefix)
        except UserError:
            fields = {}
        with database_answers(self._settings):
            unit = unit_of(self._engine, fields.get("sku", ""))
        return Refused(reasons, record, fields, unit)

    def _job(self, path: str = "") -> dict[str, Any]:
        job = running_job(self._settings, TIMEOUT_SECONDS)
        return cluster_rest.get(self._settings, f"jobs/{job}{path}")


def _started(question: Callable[[], T], seconds: float) -> Poll[T]:
    return Poll(question, seconds).start()


def _kept(history: deque[T], answer: T) -> Sequence[T]:
    history.append(answer)
    return tuple(history)


@cache
def _admin(settings: Settings) -> LastingAdmin:
    return LastingAdmin(lambda: Admin({**kafka.client_config(settings), **RECONNECT}))


@cache
def _schemas(settings: Settings) -> SchemaRegistryClient:
    """Return a client for schemas by id, which do not change: it asks for each once.

    To open one takes 20 ms of CPU, for the certificates that it trusts.
    """
    return registry.unchecked_client(settings, REGISTRY_SECONDS, retries=0)


def _positions(settings: Settings) -> dict[tuple[str, str], Reading]:
    # Of the events only offsets and versions are read, no records: see contracts.data_flow.
    topics = [settings.topic_prefix + each.TOPIC for each in generated.EVENTS]
    groups = {settings.prefixed(JOB_GROUP): topics}
    if settings.has_gate:
        groups[settings.prefixed(GATE_GROUP)] = [
            settings.prefixed(each.TOPIC) for each in generated.GATED
        ]
    try:
        with _admin(settings).client() as client:
            return readings(client, groups)
    except KafkaException as error:
        raise UserError(
            f"Kafka did not return committed offsets ({error.args[0].str()})."
        ) from None


def _versions(settings: Settings) -> list[ContractVersion]:
    client = registry.unchecked_client(settings, REGISTRY_SECONDS, retries=0)
    return contract_versions(client, (*generated.EVENTS, InventoryLevel, Product), settings.prefix)


def _services() -> list[ServiceState]:
    address = os.environ.get(SUPERVISOR)
    if address is None:
        raise UserError("The services do not run under the supervisor of `make up`.")
    transport = SupervisorTransport(None, None, address)
    try:
        with ServerProxy("http://127.0.0.1", transport=transport) as server:
            information: Any = server.supervisor.getAllProcessInfo()
    except (OSError, RpcError):
        raise UserError("The supervisor of `make up` does not answer.") from None
    return service_states(information, family_memory())
