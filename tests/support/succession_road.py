"""A contract whose successor takes its place, stage by stage."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from contracts.__main__ import main
from contracts.contract import Contract
from contracts.evolution import command
from contracts.evolution.stage import Progress
from contracts.successions import pairs
from tests.support.contract_sandbox import ContractSandbox


class Road(ContractSandbox):
    """A released contract that a successor replaces."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.release()
        self.new = folder / "transaction_v2.avsc"
        self.up, self.down = (
            folder / "conversions" / f"{name}.sql"
            for name in ("transaction_to_transaction_v2", "transaction_v2_to_transaction")
        )

    def evolve(self, *arguments: str, name: str = "transaction") -> Result:
        folders = ["--schemas", str(self.folder), "--conversions", str(self.up.parent)]
        return CliRunner().invoke(main, ["evolve", name, *arguments, *folders])

    def edit_new(self, change: Callable[[dict[str, Any]], object]) -> None:
        document = json.loads(self.new.read_text("utf-8"))
        change(document)
        self.new.write_text(json.dumps(document), "utf-8")


def move_the_job(road: Road) -> None:
    road.edit(lambda document: document.pop("flink"))
    road.edit_new(lambda document: document.update(flink="source"))


def in_kafka(monkeypatch: pytest.MonkeyPatch, records: int, waiting: int = 0) -> None:
    """Let Kafka have a number of records of the old contract, and so many of both to convert."""

    def live(contracts: list[Contract]) -> Iterator[Progress]:
        for old, new in pairs(contracts):
            yield Progress(
                old=old,
                new=new,
                lacking=(),
                lacking_accepted=(),
                waiting={new.topic.name: waiting},
                readers=(),
                records=records,
            )

    monkeypatch.setattr(command, "_live", live)


def declare(road: Road, contract: str) -> None:
    consumers = road.folder.parent / "consumers"
    consumers.mkdir(exist_ok=True)
    (consumers / "finance.toml").write_text(
        f'team = "finance"\ncontact = "finance@example.org"\ncontract = "{contract}"\n'
        'fields = ["line_amount"]\nsince = 2026-03-01\n',
        "utf-8",
    )


def findings(road: Road) -> list[str]:
    """Return the rules that `check` finds broken."""
    done = CliRunner().invoke(main, ["check", "--schemas", str(road.folder), "--format", "json"])
    return sorted({finding["rule"] for finding in json.loads(done.stdout)})


def numbers_for_sku_and_no_till(document: dict[str, Any]) -> None:
    document["fields"] = [each for each in document["fields"] if each["name"] != "terminal_id"]
    for each in document["fields"]:
        if each["name"] == "sku":
            each.update(type="long")
            for limit in ("minLength", "maxLength", "identifier"):
                del each[limit]
