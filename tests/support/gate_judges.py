"""The gate's validators of all events, with a registry in memory."""

from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

from connect.registry import UnknownSchemaError
from gate.verdict import Limits, RecordValidator
from schemas.generated import EVENTS
from schemas.wire import Encoder
from tests.support.poisons import poisons

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
SENT = int(NOW.timestamp() * 1000)
LIMITS = Limits(
    horizon=timedelta(days=7),
    ahead=timedelta(hours=24),
    count_ahead=timedelta(minutes=5),
    count_age=timedelta(days=7),
)


class FakeRegistry:
    """Gives every text an id."""

    def __init__(self) -> None:
        self.schemas: dict[int, str] = {}
        self._ids: dict[str, int] = {}
        self.guids: dict[str, int] = {}
        self._next = count(1)

    def id_of(self, _subject: str, text: str) -> int:
        if text not in self._ids:
            self._ids[text] = next(self._next)
            self.schemas[self._ids[text]] = text
        return self._ids[text]

    def text_of(self, schema_id: int) -> str:
        if schema_id not in self.schemas:
            raise UnknownSchemaError("none")
        return self.schemas[schema_id]

    def id_of_guid(self, of: tuple[str, str]) -> int:
        if of[1] not in self.guids:
            raise UnknownSchemaError("none")
        return self.guids[of[1]]


REGISTRY = FakeRegistry()
POISONS = poisons(REGISTRY.id_of, NOW)


def judges(
    limits: Limits = LIMITS, registry: FakeRegistry = REGISTRY
) -> dict[str, RecordValidator]:
    return {
        event.TOPIC: RecordValidator(
            event,
            registry.id_of(f"{event.TOPIC}-key", event.KEY_SCHEMA),
            registry.text_of,
            limits,
            registry.id_of_guid,
        )
        for event in EVENTS
    }


JUDGES = judges()
ENCODER = Encoder(REGISTRY.id_of)


class FakeMessage:
    """A message as confluent_kafka gives it."""

    def __init__(
        self, topic: str, key: Any, value: Any, headers: Any = None, sent: int = SENT
    ) -> None:
        self._parts = {
            "topic": topic,
            "key": key,
            "value": value,
            "headers": headers,
            "partition": 3,
            "offset": 2**40,
            "timestamp": (1, sent) if sent >= 0 else (0, sent),
        }

    def __getattr__(self, name: str) -> Any:
        return lambda: self._parts[name]
