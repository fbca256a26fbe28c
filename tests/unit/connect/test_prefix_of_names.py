"""INVENTORY_PREFIX begins each name of an installation in Kafka, the registry and Flink."""

import re
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner

from connect.errors import UserError
from connect.settings import Settings
from contracts.__main__ import main
from contracts.deployment import command
from flink import checkpoints, source_topics, statements
from gate.accepted_topics import accepted_topic, event_types
from tests.support.contract_sandbox import ContractSandbox
from tests.support.deployment_model import Model

BLUE = Settings(prefix="blue.")
NAME = re.compile(
    r"'(topic|properties\.group\.id|sink\.transactional-id-prefix|\w+\.contract-avro\.subject)'"
    r" = '(.*)'"
)
"""The options of a table that name something in Kafka or the registry."""


@pytest.mark.parametrize("gate", ["on", "off"])
def test_each_name_in_a_table_of_the_job_has_the_prefix(gate: str) -> None:
    prefixed = "\n".join(statements.tables(replace(BLUE, gate=gate)))
    plain = "\n".join(statements.tables(Settings(gate=gate)))
    names = NAME.findall(prefixed)
    assert len(names) > len(list(statements.tables(BLUE)))
    assert names == [(option, f"blue.{name}") for option, name in NAME.findall(plain)]


def test_only_names_differ_in_a_table_of_the_job() -> None:
    tables = zip(statements.tables(BLUE), statements.tables(Settings()), strict=True)
    for prefixed, plain in tables:
        assert NAME.sub("", prefixed) == NAME.sub("", plain)


def test_the_accepted_topics_have_the_prefix_first() -> None:
    assert accepted_topic("blue.shipments", "blue.") == "blue.accepted-shipments"
    accepted = [accepted_topic(topic, BLUE.prefix) for topic in event_types(BLUE)]
    assert accepted == source_topics.names(BLUE)


def test_without_a_gate_the_job_reads_the_public_topics() -> None:
    ungated = replace(BLUE, gate="off")
    assert source_topics.names(ungated) == list(event_types(BLUE))
    assert ungated.job_count_seconds == ungated.count_seconds
    assert BLUE.job_count_seconds == 0


def test_environments_with_one_folder_of_checkpoints_keep_their_own() -> None:
    folders = {checkpoints.folder(settings, "k1", {}) for settings in (BLUE, Settings())}
    parents = {folder.rpartition("/")[0] for folder in folders}
    assert len(parents) == 2


@pytest.mark.parametrize("prefix", ["blue/", "a b", "$", "x" * 65])
def test_a_prefix_that_no_topic_can_have_is_refused(prefix: str) -> None:
    with pytest.raises(UserError, match="INVENTORY_PREFIX: expected at most 64 letters"):
        Settings.from_environment({"INVENTORY_PREFIX": prefix})


@pytest.mark.parametrize("prefix", ["accepted-", "blue.accepted-"])
def test_a_prefix_by_which_public_topics_are_accepted_ones_of_others_is_refused(
    prefix: str,
) -> None:
    with pytest.raises(UserError, match="INVENTORY_PREFIX: expected no end 'accepted-'"):
        Settings.from_environment({"INVENTORY_PREFIX": prefix})


def test_the_contracts_are_deployed_with_the_prefix(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sandbox, model = ContractSandbox(tmp_path), Model()
    sandbox.release()
    model.topics["transactions"] = (9, {})
    monkeypatch.setattr(command, "_live", lambda: model)
    monkeypatch.setenv("INVENTORY_PREFIX", "blue.")
    applied = CliRunner().invoke(main, ["apply", "--schemas", str(tmp_path)])
    assert applied.exit_code == 0, applied.output
    assert model.topics.keys() == {"transactions", "blue.transactions"}
    assert model.subjects.keys() == {"blue.transactions-key", "blue.transactions-value"}
    assert model.modes.keys() == model.subjects.keys()
    again = CliRunner().invoke(main, ["plan", "--schemas", str(tmp_path)])
    assert again.exit_code == 0
    assert "nothing   1 topics and 2 subjects agree" in again.output
