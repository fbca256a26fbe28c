"""ACLs follow from contracts and data flow: printed for kafka-acls, planned and applied."""

import json
import shlex
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from confluent_kafka import KafkaError, KafkaException
from confluent_kafka.admin import AdminClient

from connect.errors import UserError
from connect.settings import Settings
from contracts.__main__ import main
from contracts.contract_file import load_all
from contracts.deployment import acl_admin, command
from contracts.deployment.acls import acls
from contracts.deployment.kafka_clients import DESCRIBE, READ, WRITE, clients
from contracts.deployment.steps import CreateAcl
from tests.support.contract_sandbox import ContractSandbox
from tests.support.deployment_model import Model

CONTRACTS = load_all()
BLUE = Settings(prefix="blue.")


def of(name: str, settings: Settings = BLUE) -> set[tuple[str, str, str]]:
    """Return (operation, type, name) of a client's ACLs."""
    entries = acls(clients(), CONTRACTS, settings)
    principal = f"User:{settings.prefix}inventory-{name}"
    return {
        (each.operation, each.resource_type, each.resource)
        for each in entries
        if each.principal == principal
    }


def test_every_name_has_the_prefix_of_the_environment() -> None:
    entries = acls(clients(), CONTRACTS, BLUE)
    assert entries
    assert all(each.resource.startswith("blue.") for each in entries)
    assert all(each.principal.startswith("User:blue.inventory-") for each in entries)
    named = acls(clients(), CONTRACTS, BLUE, "User:CN={part}")
    assert {"User:CN=gate", "User:CN=job"} <= {each.principal for each in named}


def test_the_gate_creates_and_configures_nothing() -> None:
    operations = {operation for operation, _, _ in of("gate")}
    assert operations == {"Read", "Write", "DescribeConfigs"}


def test_the_job_reads_accepted_topics_or_without_the_gate_public_ones() -> None:
    assert (READ, "topic", "blue.accepted-shipments") in of("job")
    assert (READ, "topic", "blue.shipments") not in of("job")
    without = replace(BLUE, gate="off")
    assert (READ, "topic", "blue.shipments") in of("job", without)
    assert of("gate", without) == set()
    assert not any(name.startswith("blue.accepted-") for _, kind, name in of("job", without)
                   if kind == "topic")  # fmt: skip


def test_exactly_once_adds_transactional_ids_that_begin_with_published_topics() -> None:
    assert not any(kind == "transactional-id" for _, kind, _ in of("job"))
    exactly = replace(BLUE, delivery="exactly-once")
    assert (WRITE, "transactional-id", "blue.inventory-levels") in of("job", exactly)


def test_describe_is_not_repeated_where_read_or_write_imply_it() -> None:
    entries = set(acls(clients(), CONTRACTS, BLUE))
    for each in entries:
        if each.operation == DESCRIBE:
            assert replace(each, operation=READ) not in entries
            assert replace(each, operation=WRITE) not in entries


def test_a_conversion_group_is_there_only_beside_a_succession() -> None:
    assert not any("conversions" in name for _, _, name in of("apply") | of("converter"))
    paired = [replace(CONTRACTS[0], successor="next"), *CONTRACTS[1:]]
    entries = acls(clients(), paired, BLUE)
    groups = {each.principal for each in entries if each.resource == "blue.inventory-conversions"}
    assert groups == {f"User:blue.inventory-{each}" for each in ("apply", "backup", "converter")}


@pytest.mark.parametrize("template", ["gate", "User:", ":x"])
def test_a_template_that_is_no_principal_is_refused(template: str) -> None:
    with pytest.raises(UserError, match="expected a principal of Kafka"):
        acls(clients(), CONTRACTS, BLUE, template)


def printed(*arguments: str) -> list[list[str]]:
    result = CliRunner().invoke(main, ["acls", *arguments])
    assert result.exit_code == 0, result.output
    return [shlex.split(line) for line in result.output.splitlines()]


def values(words: list[str], option: str) -> list[str]:
    return [value for name, value in pairwise(words) if name == option]


def test_the_printed_lines_allow_exactly_the_acls(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("INVENTORY_DELIVERY", "exactly-once")
    entries = set()
    for words in printed("--principal", "User:CN={part},OU=a b", "--command-config", "a b.conf"):
        assert words[0] == "kafka-acls"
        assert values(words, "--command-config") == ["a b.conf"]
        (principal,) = values(words, "--allow-principal")
        (kind,) = (each for each in ("topic", "group", "transactional-id") if f"--{each}" in words)
        entries |= {
            CreateAcl(
                principal=principal,
                operation=operation,
                resource_type=kind,
                resource=name,
                is_prefix="prefixed" in words,
            )
            for operation in values(words, "--operation")
            for name in values(words, f"--{kind}")
        }
    template = "User:CN={part},OU=a b"
    assert any(each.is_prefix for each in entries)
    assert entries == set(acls(clients(), CONTRACTS, Settings(delivery="exactly-once"), template))


def test_clients_are_chosen_by_name_and_a_typing_error_has_a_suggestion() -> None:
    lines = printed("views", "gate")
    assert {values(words, "--allow-principal")[0] for words in lines} == {
        "User:inventory-gate",
        "User:inventory-views",
    }
    refused = CliRunner().invoke(main, ["acls", "gat"])
    assert refused.exit_code == 1
    assert "did you mean gate?" in refused.output


class Deployment:
    """A folder of one contract with a declared consumer, and an in-memory Kafka and registry."""

    def __init__(self, folder: Path) -> None:
        self.schemas = folder / "schemas"
        self.schemas.mkdir()
        ContractSandbox(self.schemas).release()
        (folder / "consumers").mkdir()
        (folder / "consumers" / "finance.toml").write_text(
            'team = "Store Finance"\ncontact = "f@example.org"\ncontract = "transaction"\n'
            'fields = ["sku"]\nsince = 2026-03-01\n'
        )
        self.model = Model()

    def run(self, *arguments: str) -> Result:
        return CliRunner().invoke(main, [*arguments, "--schemas", str(self.schemas)])

    def owners(self) -> set[tuple[str, str, bool]]:
        return {(each.principal, each.resource, each.is_prefix) for each in self.model.acls}


@pytest.fixture
def deployment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Deployment:
    made = Deployment(tmp_path)
    monkeypatch.setattr(command, "_live", lambda: made.model)
    return made


TEAM = "User:inventory-store-finance"


def test_apply_creates_the_missing_acls_only_with_its_option(deployment: Deployment) -> None:
    assert deployment.run("apply").exit_code == 0
    assert not deployment.model.acls
    planned = deployment.run("plan", "--acls")
    assert planned.exit_code == 2
    assert f"create    acl {TEAM}: Read on topic transactions" in planned.output
    assert f"create    acl {TEAM}: Read on groups beginning with store-finance" in planned.output
    assert deployment.run("apply", "--acls").exit_code == 0
    assert {(TEAM, "transactions", False), (TEAM, "store-finance", True)} <= deployment.owners()
    assert "nothing to do" in deployment.run("plan", "--acls").output


def test_services_have_no_part_in_contracts_of_another_folder(deployment: Deployment) -> None:
    deployment.run("apply", "--acls")
    assert {principal for principal, _, _ in deployment.owners()} == {TEAM, "User:inventory-apply"}


def test_a_saved_plan_has_its_acls(deployment: Deployment, tmp_path: Path) -> None:
    file = str(tmp_path / "plan.json")
    assert deployment.run("plan", "--acls=User:a", "--out", file).exit_code == 2
    assert any(step["step"] == "create-acl" for step in json.loads(Path(file).read_text())["steps"])
    refused = deployment.run("apply", "--acls", "--plan", file)
    assert "--acls cannot be combined with --plan" in refused.output
    assert deployment.run("apply", "--plan", file).exit_code == 0
    assert {principal for principal, _, _ in deployment.owners()} == {"User:a"}
    assert deployment.run("apply", "--plan", file).exit_code == 0


class Refusing:
    """An answer of a Kafka that refuses."""

    def __init__(self, code: int) -> None:
        self._code = code

    def result(self, _seconds: float) -> None:
        raise KafkaException(KafkaError(self._code))


@pytest.mark.parametrize(
    ("code", "remedy"),
    [
        (
            KafkaError.CLUSTER_AUTHORIZATION_FAILED,
            "give this client the permission Describe",
        ),
        (KafkaError.SECURITY_DISABLED, "set an authorizer in the broker's configuration"),
    ],
)
def test_a_kafka_that_refuses_acls_is_one_sentence(
    code: int, remedy: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(AdminClient, "describe_acls", lambda *_: Refusing(code))
    admin = AdminClient({"bootstrap.servers": "127.0.0.1:1", "log_level": 0})
    with pytest.raises(UserError, match=remedy):
        acl_admin.existing(admin, acls(clients(), CONTRACTS, BLUE))
