"""A breaking change of `transaction`, and a copy of the tree that makes it."""

import re
import time
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path
from typing import Any

from schemas.generated import Transaction
from tests.support.pipeline_load import tills
from tests.support.running_pipeline import RunningPipeline
from tests.support.tree_copy import TreeCopy

SKUS = [str(4_000_000_000 + number) for number in range(200)]
"""Numbers of more than 32 bits, as barcodes are."""
SECONDS = 240
SOLD = 300
"""Sales of the new tills at each stage."""
SEND = """
import datetime
import sys
from decimal import Decimal
from connect.settings import Settings
from contracts.publisher import Publisher
from schemas.generated import TransactionV2
with Publisher(Settings.from_environment(), [TransactionV2]) as publisher:
    for sale in eval(sys.stdin.read()):
        values = {each.name: sale[each.name] for each in TransactionV2.FIELDS}
        publisher.send(TransactionV2(**values | {"sku": int(sale["sku"])}))
"""
READ = """
from connect.settings import Settings
from schemas.generated import TransactionV2
from views.reader import TopicReader
reader = TopicReader(Settings.from_environment(), [TransactionV2])
while not reader.caught_up:
    for record in reader.read(10_000, 0.5):
        record.validate()
        assert type(record.sku) is int
        print(record.event_id)
assert not reader.undecodable
"""


def _changed(document: dict[str, Any]) -> None:
    """Make `sku`, a part of the key, a number, and retire the required `terminal_id`."""
    document["fields"] = [each for each in document["fields"] if each["name"] != "terminal_id"]
    (sku,) = (each for each in document["fields"] if each["name"] == "sku")
    for limit in ("minLength", "maxLength", "identifier"):
        del sku[limit]
    sku["type"] = "long"


class Road(TreeCopy):
    """The copy in which `transaction` gets a successor; its steps are those of the guide."""

    def __init__(self, folder: Path, world: RunningPipeline) -> None:
        super().__init__(folder, world)
        self.successor = folder / "schemas" / "transaction_v2.avsc"
        self._staging = folder / "flink" / "sql" / "staging"

    def begin(self) -> None:
        """Write, release and deploy the successor."""
        written = self.done("contracts", "evolve", "transaction")
        if "before it was undone" not in written:
            self.edit(self.successor, _changed)
        self.done("contracts", "evolve", "transaction", "--value", "terminal_id='till'")
        self._generated()
        self.done("contracts", "apply")

    def move_the_pipeline(self) -> None:
        """Let job and audit read the new topic."""
        self.edit(self.contract, lambda document: document.pop("flink"))
        self.edit(self.successor, lambda document: document.update(flink="source"))
        (self._staging / "stg_transactions.sql").rename(self._staging / "stg_transactions_v2.sql")
        self.replace(
            "flink/sql/staging/stg_transactions_v2.sql",
            ("VIEW stg_transactions", "VIEW stg_transactions_v2"),
            ("FROM transactions", "FROM transactions_v2"),
            (r"\n  sku,", "\n  CAST(sku AS STRING) AS sku,"),
            (r"\bterminal_id\b", "'till'"),
        )
        new_class = (r"\bTransaction\b", "TransactionV2")
        self.replace("audit/definitions.py", new_class)
        for name, record in (("sales_by_day", "fact"), ("stock_events", "event")):
            sku = (rf"\b{record}\.sku\b", f"str({record}.sku)")
            self.replace(f"audit/{name}.py", new_class, sku)
        self._generated()

    def undo(self) -> None:
        """Delete the successor; the next `evolve` writes it as it was."""
        self.done("contracts", "evolve", "transaction", "--undo")
        self._generated()

    def sell(self, name: str) -> None:
        """Send sales by the new contract, of which the oracle knows the old form."""
        self.send_new(tills(SOLD, name, SKUS))

    def send_new(self, sales: list[Transaction]) -> None:
        ran = self.run("-c", SEND, text=repr([asdict(sale) for sale in sales]))
        assert ran.returncode == 0, ran.stderr
        self.world.arrivals += sales

    def read_by_new(self) -> set[str]:
        """Return the ids of all sales in the new topic, as a reader of the new contract reads."""
        ran = self.run("-c", READ)
        assert ran.returncode == 0, ran.stderr
        return set(ran.stdout.split())

    def stage(self) -> int:
        """Return the stage that `plan` names."""
        ran = self.contracts("plan")
        match = re.search(r"evolves   transaction -> transaction_v2: stage (\d) of 5", ran.stdout)
        assert match, ran.stdout + ran.stderr
        return int(match[1])

    def reaches(self, stage: int) -> None:
        """Wait until `plan` names a stage: the converter commits every few seconds."""
        until = time.monotonic() + SECONDS
        while self.stage() != stage and time.monotonic() < until:
            time.sleep(1)
        assert self.stage() == stage

    def _generated(self) -> None:
        for command in (["codegen", "generate"], ["contracts", "release"], ["contracts", "check"]):
            self.done(*command)


def sales(events: Iterable[object]) -> list[Transaction]:
    return [event for event in events if isinstance(event, Transaction)]
