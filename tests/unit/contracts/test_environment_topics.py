"""INVENTORY_TOPICS: replication, partitions and settings of one environment's topics."""

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from contracts.__main__ import main
from contracts.deployment import command
from contracts.deployment.plan_file import from_json
from tests.support.deployment_model import Model

CHAIN = """
["*"]
replication = 3
"min.insync.replicas" = 2
"retention.ms" = 34560000000
["accepted-*"]
"segment.bytes" = 268435456
[transactions]
partitions = 12
["*-levels"]
"min.insync.replicas" = 1
"""


class Environment:
    """A file of topics, and an in-memory Kafka and registry."""

    def __init__(self, folder: Path) -> None:
        self._file = folder / "topics.toml"
        self.model = Model()

    def run(self, name: str, text: str, *arguments: str) -> Result:
        self._file.write_text(text, "utf-8")
        environment = {"INVENTORY_TOPICS": str(self._file), "INVENTORY_PREFIX": "blue."}
        return CliRunner().invoke(main, [name, *arguments], env=environment)

    def config(self, topic: str) -> dict[str, str]:
        return self.model.topics[f"blue.{topic}"][1]

    def partitions(self, topic: str) -> int:
        return self.model.topics[f"blue.{topic}"][0]


@pytest.fixture
def environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Environment:
    made = Environment(tmp_path)
    monkeypatch.setattr(command, "_live", lambda: made.model)
    return made


def test_topics_are_created_as_the_environment_declares_them(environment: Environment) -> None:
    applied = environment.run("apply", CHAIN)
    assert applied.exit_code == 0, applied.output
    line = "create    topic blue.transactions: 12 partitions, 3 copies, cleanup.policy=delete"
    assert line in applied.output
    assert set(environment.model.copies.values()) == {3}
    assert environment.partitions("accepted-transactions") == 12
    assert environment.partitions("shipments") == 4
    assert environment.config("shipments")["retention.ms"] == "34560000000"
    assert environment.config("accepted-shipments")["segment.bytes"] == "268435456"
    assert environment.config("shipments")["min.insync.replicas"] == "2"
    assert environment.config("inventory-levels")["min.insync.replicas"] == "1"
    assert "nothing to do" in environment.run("plan", CHAIN).output


def test_topics_that_others_made_are_accepted_when_they_fit(environment: Environment) -> None:
    environment.run("apply", CHAIN)
    model = environment.model
    model.copies = dict.fromkeys(model.copies, 5)
    assert "nothing to do" in environment.run("plan", CHAIN).output


def test_what_does_not_fit_is_one_sentence_for_each_topic(environment: Environment) -> None:
    environment.run("apply", CHAIN)
    model = environment.model
    model.copies["blue.products"] = 1
    model.topics["blue.shipments"] = 6, model.topics["blue.shipments"][1]
    refused = environment.run("plan", CHAIN)
    assert refused.exit_code == 1
    sentences = [line for line in refused.output.splitlines() if line.startswith("conflict")]
    assert len(sentences) == 2
    assert "topic blue.products: has 1 copies of a partition and INVENTORY_TOPICS asks for 3" in (
        refused.output
    )
    assert "topic blue.shipments: has 6 partitions and shipment.avsc declares 4" in refused.output
    fitting = CHAIN + "\n[products]\nreplication = 1\n'min.insync.replicas' = 1\n"
    fitting += "[shipments]\npartitions = 6\n"
    refused = environment.run("plan", fitting)
    (sentence,) = (line for line in refused.output.splitlines() if line.startswith("conflict"))
    assert "topic blue.accepted-shipments: has 4 partitions and topics.toml declares 6" in sentence


def test_an_accepted_topic_keeps_every_record_whatever_all_topics_do(
    environment: Environment,
) -> None:
    environment.run("apply", CHAIN)
    assert environment.config("accepted-shipments")["retention.ms"] == "-1"


def test_an_accepted_topic_has_the_partitions_of_its_public_one(environment: Environment) -> None:
    environment.run("apply", '["*"]\npartitions = 9\n')
    assert {count for count, _ in environment.model.topics.values()} == {9}


def test_a_retention_that_the_environment_shortens_is_approved_first(
    environment: Environment,
) -> None:
    environment.run("apply", "")
    shorter = '[shipments]\n"retention.ms" = 1000\n'
    planned = environment.run("plan", shorter)
    assert "--delete records/blue.shipments approves it" in planned.output
    assert environment.run("apply", shorter, "--delete", "records/blue.shipments").exit_code == 0
    assert environment.config("shipments")["retention.ms"] == "1000"
    back = environment.run("plan", "")
    assert "retention.ms 1000 -> -1; changed by hand" in back.output


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("replication = 3", 'topics.toml: replication: expected a table such as ["accepted-*"]'),
        ("[shipment]\npartitions = 4", "[shipment]: expected the name of a topic, without its "
         "prefix (did you mean shipments?)"),
        ("['*']\nreplication = 0", "['*']".replace("'", "") + ": replication: expected a whole "
         "number from 1 to 32,767, not 0"),
        ("['*']\nreplication = true", "expected a whole number from 1 to 32,767, not True"),
        ("['*']\n'retention' = 1", "[*]: retention: expected"),
        ("['*']\n'retention.ms' = 'week'", "retention.ms: expected a whole number from -1 to"),
        ("['*']\nretention.ms = 1", 'retention: expected the names of settings in quotes'),
        ("['*']\n'cleanup.policy' = 'delete'", "the contract decides it"),
        ("['accepted-*']\npartitions = 9", "partitions: expected it for the public topic only"),
        ("['*']\nreplication = 1\n'min.insync.replicas' = 2", "min.insync.replicas of at most its "
         "replication, 1, not 2"),
        ("['accepted-*']\n'retention.ms' = 9", "the job rebuilds its state"),
        ("[", "INVENTORY_TOPICS: topics.toml: not readable as TOML"),
    ],
)  # fmt: skip
def test_a_file_with_a_fault_is_refused_with_table_and_name(
    environment: Environment, text: str, message: str
) -> None:
    refused = environment.run("plan", text)
    assert refused.exit_code == 1
    assert message in refused.output
    assert environment.model.log == []


def test_a_saved_plan_of_before_has_the_brokers_replication() -> None:
    step = {"step": "create-topic", "kind": "create", "topic": "t", "partitions": 1, "config": {}}
    text = {"format": 2, "where": "", "delete": [], "steps": [step]}
    (restored,) = from_json(str(text).replace("'", '"')).steps
    assert restored.replication is None  # type: ignore[union-attr]
