"""A topic, right, schema or version that the job lacks is one sentence, before it is submitted."""

from collections.abc import Collection
from concurrent.futures import Future
from importlib import metadata
from types import SimpleNamespace
from typing import Any

import pytest
from confluent_kafka import KafkaError, KafkaException, TopicCollection
from confluent_kafka.admin import AclOperation  # type: ignore[attr-defined]

from connect import cluster_rest, registry
from connect.errors import UserError
from connect.settings import Settings
from contracts.contract_file import load_all
from contracts.deployment.acls import GROUP, acls
from contracts.deployment.acls import TOPIC as TOPIC_TYPE
from contracts.deployment.kafka_clients import clients
from flink import former_rows, prerequisites
from tests.support.logged import logged

BLUE = Settings(prefix="blue.", flink="flink:8081", parallelism=4)
VERSION = metadata.version("apache-flink")
MINOR = VERSION.rpartition(".")[0]
Right = tuple[str, str]
"""(name, operation)"""


class Kafka:
    """A broker that lists the rights of a client."""

    def __init__(self, denied: Collection[Right] = (), missing: Collection[str] = ()) -> None:
        self._denied, self._missing = denied, missing
        self.names: set[str] = set()
        self.without_coordinator = 0
        """Number of questions about a group that its broker cannot answer yet."""

    def describe_topics(self, topics: TopicCollection, **_: Any) -> dict[str, Future[Any]]:
        # librdkafka's own list of the names
        return self._answers(topics.topic_names, KafkaError.TOPIC_AUTHORIZATION_FAILED)

    def describe_consumer_groups(self, groups: list[str], **_: Any) -> dict[str, Future[Any]]:
        if self.without_coordinator:
            self.without_coordinator -= 1
            return {name: self._refused(KafkaError.COORDINATOR_NOT_AVAILABLE) for name in groups}
        return self._answers(groups, KafkaError.GROUP_AUTHORIZATION_FAILED)

    def _answers(self, names: list[str], forbidden: int) -> dict[str, Future[Any]]:
        self.names |= set(names)
        return {name: self._answer(name, forbidden) for name in names}

    def _answer(self, name: str, forbidden: int) -> Future[Any]:
        answer: Future[Any] = Future()
        allowed = [each for each in AclOperation if (name, each.name) not in self._denied]
        if name in self._missing:
            return self._refused(KafkaError.UNKNOWN_TOPIC_OR_PART)
        if AclOperation.DESCRIBE not in allowed:
            return self._refused(forbidden)
        answer.set_result(SimpleNamespace(authorized_operations=allowed))
        return answer

    def _refused(self, code: int) -> Future[Any]:
        answer: Future[Any] = Future()
        answer.set_exception(KafkaException(KafkaError(code)))
        return answer


@pytest.fixture(autouse=True)
def cluster(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """Return the overview of a Flink cluster; the registry has every schema."""
    overview = {"flink-version": VERSION, "slots-available": 4}
    monkeypatch.setattr(registry, "client", lambda _: None)
    monkeypatch.setattr(registry, "schema_id", lambda *_: 1)
    monkeypatch.setattr(cluster_rest, "get", lambda *_: overview)
    return overview


def sentences(kafka: Kafka) -> list[str]:
    try:
        prerequisites.require(BLUE, kafka)  # type: ignore[arg-type]
    except UserError as error:
        return error.message.splitlines()
    return []


def test_a_cluster_with_all_that_the_job_needs_has_no_sentence(
    caplog: pytest.LogCaptureFixture,
) -> None:
    assert sentences(Kafka()) == []
    assert logged(caplog) == ""


def test_the_job_looks_at_each_right_that_its_acls_give() -> None:
    entries = acls([each for each in clients() if each.name == "job"], load_all(), BLUE)
    rights = [
        (each.resource, each.operation.upper(), each.resource_type)
        for each in entries
        if each.resource_type in (TOPIC_TYPE, GROUP)
    ]
    assert len(rights) > 15
    for name, operation, kind in rights:
        (sentence,) = sentences(Kafka(denied=[(name, operation)]))
        assert sentence.startswith(
            f"Kafka does not allow this client {operation.capitalize()} on {kind} {name}: "
        )
    kafka = Kafka()
    sentences(kafka)
    assert kafka.names == {name for name, _, _ in rights}


def test_a_topic_that_may_not_be_described_is_not_called_missing() -> None:
    name = "blue.accepted-shipments"
    (sentence,) = sentences(Kafka(denied=[(name, "DESCRIBE")]))
    assert sentence.startswith(f"Kafka does not allow this client Read on topic {name}: ")


def test_each_missing_topic_is_named_with_what_creates_it() -> None:
    missing = ("blue.gate-limits", "blue.quarantine")
    assert sorted(sentences(Kafka(missing=missing))) == [
        f"Topic {name} does not exist: create it with `python -m contracts apply`."
        for name in missing
    ]


def test_each_schema_that_is_not_registered_is_named(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def schema_id(_client: Any, subject: str, _schema: str) -> int:
        if subject.startswith("blue.open-orders-"):
            raise UserError(f"{subject} is not registered.")
        return 1

    monkeypatch.setattr(registry, "schema_id", schema_id)
    assert sentences(Kafka()) == [
        "blue.open-orders-key is not registered.",
        "blue.open-orders-value is not registered.",
    ]


@pytest.mark.parametrize(
    ("version", "count"), [("2.0.1", 1), (f"{VERSION.rpartition('.')[0]}.9", 0)]
)
def test_another_version_of_flink_is_refused(
    cluster: dict[str, Any], version: str, count: int
) -> None:
    cluster["flink-version"] = version
    refused = sentences(Kafka())
    assert len(refused) == count
    assert all(f"runs Flink {version}" in sentence for sentence in refused)


def test_too_few_slots_are_printed_and_not_refused(
    cluster: dict[str, Any], caplog: pytest.LogCaptureFixture
) -> None:
    cluster["slots-available"] = 3
    assert sentences(Kafka()) == []
    assert "has 3 free slots, and the job needs 4" in logged(caplog)


def test_the_question_about_a_group_whose_broker_has_just_begun_is_repeated() -> None:
    kafka = Kafka()
    kafka.without_coordinator = 3
    assert sentences(kafka) == []
    assert kafka.without_coordinator == 0


def test_the_job_may_read_each_topic_of_which_it_deletes_former_rows() -> None:
    (job,) = [each for each in clients() if each.name == "job"]
    entries = acls([job], load_all(), BLUE)
    readable = {each.resource for each in entries if each.operation == "Read"}
    assert {BLUE.prefixed(each.TOPIC) for each in former_rows.WRITTEN} <= readable
