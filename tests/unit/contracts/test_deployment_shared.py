"""Plans for a Kafka and a registry that others use, too: silence, refusals and newer versions."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from confluent_kafka.schema_registry import SchemaRegistryClient
from hypothesis import given

from connect import registry
from connect.errors import UserError
from connect.settings import Settings
from contracts.deployment import subjects
from contracts.deployment.actual import ActualState
from contracts.deployment.apply import apply_step
from contracts.deployment.deletions import absent_deletions
from contracts.deployment.desired import DesiredState, DesiredSubject, DesiredTopic
from contracts.deployment.plan import Plan, plan
from contracts.deployment.rehearsal import rehearsed
from contracts.deployment.steps import Conflict, NewerVersion
from tests.support.deployment_model import Model, Scenario, record, scenarios
from tests.support.http_server import Answer, HttpServer, Request

READ_ONLY = frozenset({"sales-value", "stock-counts"})
SALES = DesiredState(
    topics={
        "sales": DesiredTopic(
            file="sale.avsc",
            partitions=1,
            config={"retention.ms": "1000"},
            declared_values={"retention.ms": {"1000"}},
        )
    },
    subjects={},
)


def plan_of(scenario: Scenario) -> Plan:
    return plan(scenario.desired, scenario.model.actual_state(scenario.desired), scenario.approved)


@given(scenarios)
def test_a_rehearsed_plan_names_every_refusal(scenario: Scenario) -> None:
    scenario.model.refused |= READ_ONLY
    made = plan_of(scenario)
    rehearsed_plan = rehearsed(made, scenario.model)
    names = {conflict.what for conflict in rehearsed_plan.conflicts if conflict not in made.steps}
    refused = set()
    for step in made.todo:
        about = getattr(step, "topic", None) or getattr(step, "subject", None)
        if about in READ_ONLY:
            with pytest.raises(UserError):
                apply_step(step, scenario.model)
            refused.add(f"{'topic' if about == 'stock-counts' else 'subject'} {about}")
    assert names == refused


@given(scenarios)
def test_what_cannot_be_read_is_one_conflict_each(scenario: Scenario) -> None:
    scenario.model.unreadable |= READ_ONLY
    steps = plan_of(scenario).steps
    names = {f"topic {name}" for name in scenario.desired.topics.keys() & READ_ONLY}
    names |= {f"subject {name}" for name in scenario.desired.subjects.keys() & READ_ONLY}
    hidden = [s for s in steps if isinstance(s, Conflict) and s.what in names]
    assert sorted(s.what for s in hidden) == sorted(names)
    about = {getattr(s, "topic", None) or getattr(s, "subject", None) for s in steps}
    assert not about & READ_ONLY


def value_subject(first: str, *later: str) -> tuple[DesiredState, ActualState]:
    """Return a contract released once, and a registry with that version and later ones."""
    subject = DesiredSubject(
        file="sale.avsc", mode="FULL_TRANSITIVE", declared_modes=set(), versions={first: 1}
    )
    desired = DesiredState(topics={}, subjects={"sales-value": subject})
    versions = dict(enumerate((first, *later), start=1))
    model = Model(modes={"sales-value": "FULL_TRANSITIVE"}, subjects={"sales-value": versions})
    return desired, model.actual_state(desired)


def test_a_newer_checkouts_version_is_named_and_cannot_be_deleted() -> None:
    approved = frozenset({"version/sales-value/2"})
    desired, actual = value_subject(record({"id"}, set()), record({"id"}, {"a"}))
    made = plan(desired, actual, approved)
    assert made.steps == (NewerVersion(subject="sales-value", version=2),)
    assert not made.changes
    with pytest.raises(UserError, match="no version that a newer checkout released"):
        absent_deletions(made, desired, actual)


def test_a_version_that_breaks_the_contracts_mode_is_no_release() -> None:
    desired, actual = value_subject(record({"id"}, set()), record({"id", "x"}, set()))
    (step,) = plan(desired, actual).steps
    assert step.name == "version/sales-value/2"


@pytest.mark.parametrize(
    "name",
    [
        "subject/payments-value",
        "version/payments-value/1",
        "setting/payments/retention.ms",
        "records/payments",
    ],
)
def test_a_deletion_of_others_topics_and_subjects_is_refused(name: str) -> None:
    model = Model(
        topics={"sales": (1, {"retention.ms": "1000"}), "payments": (1, {"retention.ms": "-1"})},
        subjects={"payments-value": {1: record({"id"}, set())}},
    )
    actual = model.actual_state(SALES)
    made = plan(SALES, actual, frozenset({name}))
    assert made.steps == ()
    with pytest.raises(UserError, match="is of no contract"):
        absent_deletions(made, SALES, actual)


def with_policy(value: str) -> ActualState:
    return Model(topics={"sales": (1, {"cleanup.policy": value})}).actual_state(SALES)


def test_the_order_of_a_list_in_a_setting_does_not_matter() -> None:
    topic = SALES.topics["sales"]
    desired = DesiredState(
        topics={"sales": replace(topic, config={"cleanup.policy": "compact,delete"})}, subjects={}
    )
    assert plan(desired, with_policy("delete, compact")).steps == ()
    assert plan(desired, with_policy("delete")).steps != ()


ANSWERS: dict[str, Answer] = {
    "/config/read-only": (404, {"error_code": 40408, "message": "no mode"}),
    "/subjects/read-only/versions": (404, {"error_code": 40401, "message": "no subject"}),
    "/mode/read-only": (200, {"mode": "READONLY"}),
    "/mode/by-default": (404, {"error_code": 40409, "message": "no mode"}),
    "/mode": (200, {"mode": "READWRITE"}),
}
"""Answers of a registry like Confluent's, by path; of any other subject it says nothing."""
READ_ONLY_STORAGE: Answer = (
    409,
    {"error_code": 0, "message": "Unsupported write operation. Storage is in read-only mode."},
)
"""Apicurio's answer to a change while its storage is read-only."""
FORBIDDEN: Answer = (403, {"error_code": 40301, "message": "User is denied operation Read"})


@pytest.fixture
def client() -> Iterator[SchemaRegistryClient]:
    def answer(request: Request) -> Answer:
        is_read = request.method == "GET"
        return ANSWERS.get(request.path, FORBIDDEN) if is_read else READ_ONLY_STORAGE

    with HttpServer(answer) as server:
        settings = Settings(registry=server.url)
        yield registry.unchecked_client(settings, seconds=2, retries=0)


@pytest.mark.parametrize(
    ("subject", "mode"), [("read-only", "READONLY"), ("by-default", "READWRITE")]
)
def test_the_registry_s_own_mode_of_a_subject_is_read(
    client: SchemaRegistryClient, subject: str, mode: str
) -> None:
    assert subjects.access_mode(client, subject) == mode


def test_a_storage_that_became_read_only_is_not_called_incompatible(
    client: SchemaRegistryClient,
) -> None:
    with pytest.raises(UserError, match=r"\(409\): Unsupported write.* read-only mode\.$"):
        subjects.register(client, "sales-value", '"string"')


def test_a_forbidden_subject_is_named(
    client: SchemaRegistryClient,
) -> None:
    with pytest.raises(subjects.SubjectForbiddenError, match=r"subject others-value \(403\)"):
        subjects.actual_subject(client, "others-value", ())
    assert not subjects.actual_subject(client, "read-only", ()).exists
