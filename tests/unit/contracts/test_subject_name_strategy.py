"""A contract names its subjects by the strategy that it declares, everywhere."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from confluent_kafka.schema_registry import (
    record_subject_name_strategy,
    topic_record_subject_name_strategy,
    topic_subject_name_strategy,
)
from confluent_kafka.serialization import MessageField, SerializationContext

from codegen import dataclasses, flink_tables
from contracts.__main__ import main
from contracts.contract import Contract
from contracts.contract_file import load
from contracts.deployment import command
from contracts.errors import InvalidContractError
from schemas.generated import Transaction
from schemas.record import Record
from schemas.wire import Encoder
from tests.support.contract_sandbox import ContractSandbox
from tests.support.deployment_model import Model

STRATEGIES: dict[str, Callable[..., Any]] = {
    "TopicNameStrategy": topic_subject_name_strategy,
    "RecordNameStrategy": record_subject_name_strategy,
    "TopicRecordNameStrategy": topic_record_subject_name_strategy,
}
FIELDS = {MessageField.KEY: "inventory.TransactionKey", MessageField.VALUE: "inventory.Transaction"}


def expected(strategy: str) -> list[str]:
    """Return the subjects of key and value as Confluent's own serialisers name them."""
    return [
        STRATEGIES[strategy](SerializationContext("transactions", field), record)
        for field, record in FIELDS.items()
    ]


def contract(folder: Path, strategy: str) -> Contract:
    sandbox = ContractSandbox(folder)
    sandbox.edit(lambda document: document.update(subject_name_strategy=strategy))
    return load(sandbox.path)


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_the_names_are_those_of_confluents_serialisers(tmp_path: Path, strategy: str) -> None:
    assert list(contract(tmp_path, strategy).subjects) == expected(strategy)


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_generated_code_and_tables_use_the_names(tmp_path: Path, strategy: str) -> None:
    named = contract(tmp_path, strategy)
    namespace: dict[str, Any] = {}
    exec(dataclasses.module(named), namespace)
    record_type: type[Record] = namespace["Transaction"]
    assert expected(strategy) == [record_type.KEY_SUBJECT, record_type.VALUE_SUBJECT]
    table = flink_tables.create_table(named)
    assert f"'value.${{format}}.subject' = '${{prefix}}{expected(strategy)[1]}'" in table


def test_records_are_encoded_with_the_ids_of_these_subjects(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(Transaction, "VALUE_SUBJECT", "inventory.Transaction")
    requested: list[str] = []

    def id_of(subject: str, _: str) -> int:
        requested.append(subject)
        return 1

    Encoder(id_of)._header(Transaction)
    assert requested == ["transactions-key", "inventory.Transaction"]


def test_versions_are_deployed_under_these_subjects(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sandbox, model = ContractSandbox(tmp_path), Model()
    sandbox.edit(lambda document: document.update(subject_name_strategy="RecordNameStrategy"))
    sandbox.release()
    monkeypatch.setattr(command, "_live", lambda: model)
    applied = CliRunner().invoke(main, ["apply", "--schemas", str(tmp_path)])
    assert applied.exit_code == 0, applied.output
    assert list(model.subjects) == expected("RecordNameStrategy")


def test_an_unknown_strategy_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidContractError, match="subject_name_strategy: expected TopicName"):
        contract(tmp_path, "MyStrategy")
