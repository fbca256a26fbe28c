"""Only the registry's own answer makes a schema unknown; readers skip no record for another."""

import socket
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import pytest
from confluent_kafka.schema_registry import SchemaRegistryClient

from audit import topic_records
from connect import expiring_set, record_consumer, registry
from connect.errors import UserError
from connect.registry import UnknownSchemaError
from connect.schema_id_headers import VALUE_ID
from connect.settings import Settings
from connect.unknown_schemas import UNKNOWN_SECONDS
from contracts.deployment import subjects
from schemas.generated import Shipment
from tests.support.http_server import Answer, HttpServer, Request
from views.reader import TopicReader

HOST = "127.0.0.1"
NOT_FOUND: Answer = (404, {"error_code": 40403, "message": "Schema not found"})
NO_PAGE: Answer = (404, {"error_code": 404, "message": "HTTP 404 Not Found"})
GUID = UUID(int=7)
ANSWERS: dict[str, Answer] = {
    "1": NOT_FOUND,
    "2": (404, b"<html>no such page</html>"),
    "3": (404, {"error_code": 40401}),
    "4": (200, {"schema": Shipment.SCHEMA, "schemaType": "JSON"}),
    "5": (200, {"schema": Shipment.SCHEMA}),
    "2147483648": NO_PAGE,
    "4294967295": NO_PAGE,
}
"""Answers by schema id. Of 404: the registry's own, a proxy's, another code's. Confluent's registry
has no page for an id that is no int of Java."""


class Registry(HttpServer):
    """A registry without subjects, whose schemas are those of ANSWERS."""

    def __init__(self) -> None:
        super().__init__(self._respond)
        self.paths: Counter[str] = Counter()
        """Number of requests for each."""

    def _respond(self, request: Request) -> Answer:
        self.paths[request.path] += 1
        if request.path == "/subjects":
            return 200, []
        name = request.path.rsplit("/", 1)[1]
        return ANSWERS.get(name, NOT_FOUND)


@pytest.fixture
def opened() -> Iterator[Registry]:
    with Registry() as opened:
        yield opened


@pytest.fixture
def settings(opened: Registry) -> Settings:
    return Settings(registry=opened.url)


@pytest.fixture
def client(settings: Settings) -> SchemaRegistryClient:
    return registry.unchecked_client(settings, seconds=2, retries=0)


def test_the_registry_s_own_code_makes_a_schema_unknown(client: SchemaRegistryClient) -> None:
    with pytest.raises(UnknownSchemaError, match="no schema 1"):
        registry.schema_text(client, 1)


@pytest.mark.parametrize("schema_id", [2, 3])
def test_any_other_404_is_no_answer(client: SchemaRegistryClient, schema_id: int) -> None:
    with pytest.raises(UserError, match=f"did not return schema {schema_id}") as error:
        registry.schema_text(client, schema_id)
    assert not isinstance(error.value, UnknownSchemaError)


def test_a_schema_of_another_kind_is_unknown_as_the_job_cannot_read_it(
    client: SchemaRegistryClient,
) -> None:
    with pytest.raises(UnknownSchemaError, match="no Avro schema 4: that one is of JSON"):
        registry.schema_text(client, 4)
    assert registry.schema_text(client, 5) == Shipment.SCHEMA


@pytest.mark.parametrize("schema_id", [2**31, 2**32 - 1])
def test_an_id_that_no_registry_gives_is_unknown(
    client: SchemaRegistryClient, schema_id: int
) -> None:
    """Its record would wait for ever, and all records of the partition behind it."""
    with pytest.raises(UnknownSchemaError, match=f"no schema {schema_id}"):
        registry.schema_text(client, schema_id)


def test_a_registry_that_is_down_is_no_answer() -> None:
    down = Settings(registry=f"http://{HOST}:1")
    with pytest.raises(UserError, match="did not return schema 7") as error:
        registry.schema_text(registry.unchecked_client(down, seconds=1, retries=0), 7)
    assert not isinstance(error.value, UnknownSchemaError)


def test_a_registry_that_takes_a_request_and_does_not_answer_is_named_soon(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(registry, "FIRST_ANSWER_SECONDS", 0.5)
    with socket.socket() as silent:
        silent.bind((HOST, 0))
        silent.listen()
        start = time.monotonic()
        with pytest.raises(UserError, match=r"No Schema Registry answers at .*Timeout"):
            registry.client(Settings(registry=f"http://{HOST}:{silent.getsockname()[1]}"))
    assert time.monotonic() - start < 2 * registry.FIRST_ANSWER_SECONDS


def silent_after_the_first(request: Request) -> Answer | None:
    """Answer as a registry that lists its subjects; leave other requests without an answer."""
    if (request.method, request.path) == ("GET", "/subjects"):
        return 200, []
    time.sleep(2)
    return None


REQUESTS: dict[str, Callable[[SchemaRegistryClient], Any]] = {
    "schema_id": lambda client: registry.schema_id(client, "s-value", '"int"'),
    "earlier_versions": lambda client: list(registry.earlier_versions(client, "s-value", '"int"')),
    "schema_text": lambda client: registry.schema_text(client, 1),
    "version_of": lambda client: subjects.version_of(client, "s-value", '"int"'),
    "register": lambda client: subjects.register(client, "s-value", '"int"'),
    "set_mode": lambda client: subjects.set_mode(client, "s-value", "FULL"),
}


@pytest.mark.parametrize("request_name", REQUESTS)
def test_a_registry_that_falls_silent_after_the_first_answer_is_named(
    monkeypatch: pytest.MonkeyPatch, request_name: str
) -> None:
    assert (1 + registry.RETRIES) * registry.ANSWER_SECONDS < 10
    monkeypatch.setattr(registry, "ANSWER_SECONDS", 0.2)
    monkeypatch.setattr(registry, "RETRIES", 0)
    with HttpServer(silent_after_the_first) as server:
        client = registry.client(Settings(registry=server.url))
        with pytest.raises(UserError) as error:
            REQUESTS[request_name](client)
    assert not isinstance(error.value, UnknownSchemaError)
    assert f"{server.url}/" in error.value.message
    assert "INVENTORY_REGISTRY" in error.value.message


class OneMessage:
    """A consumer of shipments that returns one message, written with a schema id."""

    def __init__(self, schema_id: int, headers: Sequence[tuple[str, bytes]] | None) -> None:
        value = b"\0" + schema_id.to_bytes(4, "big") + b"record"
        fields = {"topic": Shipment.TOPIC, "partition": 0, "offset": 0, "value": value}
        fields |= {"timestamp": (0, -1), "headers": headers}
        self._message = SimpleNamespace(
            error=lambda: None, **{name: lambda each=each: each for name, each in fields.items()}
        )

    def list_topics(self, **_: Any) -> Any:
        topic = SimpleNamespace(partitions={0: None}, error=None)
        return SimpleNamespace(topics={Shipment.TOPIC: topic})

    def consume(self, _limit: int, _seconds: float) -> list[Any]:
        return [self._message]

    def incremental_assign(self, _: Any) -> None:
        pass

    incremental_unassign = incremental_assign

    def close(self) -> None:
        pass


@pytest.fixture
def one_message(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    def written_with(schema_id: int, headers: Sequence[tuple[str, bytes]] | None = None) -> None:
        monkeypatch.setattr(record_consumer, "Consumer", lambda _: OneMessage(schema_id, headers))

    monkeypatch.setattr(record_consumer, "admin", lambda _: None)
    return written_with


def test_readers_skip_a_record_of_an_unknown_schema(
    settings: Settings, one_message: Callable[[int], None]
) -> None:
    one_message(1)
    reader = TopicReader(settings, [Shipment])
    assert reader.read(1, 0) == []
    assert reader.undecodable == {Shipment.TOPIC: 1}
    (received,) = topic_records.read(settings, [Shipment], {(Shipment.TOPIC, 0): 1})
    assert (received.record, received.reason) == (None, "The registry has no schema 1.")


@pytest.mark.parametrize(
    ("path", "headers"),
    [("/schemas/ids/1", None), (f"/schemas/guids/{GUID}", [(VALUE_ID, b"\1" + GUID.bytes)])],
)
def test_readers_ask_once_for_an_unknown_schema_of_many_records(
    opened: Registry,
    settings: Settings,
    one_message: Callable[..., None],
    path: str,
    headers: Sequence[tuple[str, bytes]] | None,
) -> None:
    one_message(1, headers)
    reader = TopicReader(settings, [Shipment])
    for _ in range(20):
        assert reader.read(1, 0) == []
    assert reader.undecodable == {Shipment.TOPIC: 20}
    assert opened.paths[path] == 1


def test_readers_ask_again_after_a_while_as_a_replica_may_lag_behind(
    opened: Registry,
    settings: Settings,
    one_message: Callable[..., None],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    one_message(1)
    reader = TopicReader(settings, [Shipment])
    reader.read(1, 0)
    later = time.monotonic() + UNKNOWN_SECONDS
    monkeypatch.setattr(expiring_set, "monotonic", lambda: later)
    reader.read(1, 0)
    assert opened.paths["/schemas/ids/1"] == 2


@pytest.mark.parametrize("schema_id", [2, 3])
def test_readers_skip_no_record_for_a_proxy_s_404(
    settings: Settings, one_message: Callable[[int], None], schema_id: int
) -> None:
    one_message(schema_id)
    reader = TopicReader(settings, [Shipment])
    with pytest.raises(UserError, match=f"did not return schema {schema_id}"):
        reader.read(1, 0)
    assert not reader.undecodable
    with pytest.raises(UserError, match=f"did not return schema {schema_id}"):
        list(topic_records.read(settings, [Shipment], {(Shipment.TOPIC, 0): 1}))
