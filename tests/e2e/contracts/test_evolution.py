"""A contract changes under load: first a compatible change, then a breaking one.

Two trees stand side by side: this one, which runs, and a copy of it in which `transaction` has one
field more. The copy's producers write first; then its job goes on with the state of the old one.
"""

import json
import shutil
import subprocess
from pathlib import Path

import pytest
import requests

from connect import registry
from schemas.generated import Transaction
from tests.support.pipeline_load import failures, load, tills
from tests.support.running_pipeline import SKUS, RunningPipeline
from tests.support.tree_copy import TreeCopy, stop
from views.reader import TopicReader

pytestmark = [pytest.mark.slow, pytest.mark.nightly]

SECONDS_TO_SETTLE = 90
PROMOTION = {
    "name": "promotion_id",
    "type": ["null", "string"],
    "default": None,
    "doc": "Identity of the promotion that the line was sold under; null for none.",
}
SEND = """
import sys
from datetime import datetime
from decimal import Decimal
from connect.settings import Settings
from contracts.publisher import Publisher
from schemas.generated import Transaction
with Publisher(Settings.from_environment(), [Transaction]) as publisher:
    for line in sys.stdin:
        event_id, store, sku, quantity, at = line.split()
        at = datetime.fromisoformat(at)
        publisher.send(Transaction(
            event_id=event_id, receipt_id=event_id, line_no=1, store_id=store, terminal_id="till",
            sku=sku, quantity=int(quantity), line_amount=Decimal(quantity), currency="EUR",
            occurred_at=at, recorded_at=at, promotion_id="summer"))
"""


class NewTree(TreeCopy):
    """The copy whose sales have one field more."""

    def send(self, count: int, name: str) -> subprocess.CompletedProcess[str]:
        """Sales with the new field; what this tree's oracle judges by is the same without."""
        sales = tills(count, name, SKUS)
        lines = [
            f"{sale.event_id} {sale.store_id} {sale.sku} {sale.quantity} "
            f"{sale.occurred_at.isoformat()}\n"
            for sale in sales
        ]
        done = self.run("-c", SEND, text="".join(lines))
        if done.returncode == 0:
            self.world.arrivals += sales
        return done


def test_a_field_is_added_under_load_and_a_breaking_change_is_stopped_at_every_door(
    world: RunningPipeline, tmp_path: Path
) -> None:
    new = NewTree(tmp_path / "new", world)
    new.edit(new.contract, lambda document: document["fields"].append(PROMOTION))
    with load(world):
        generated = new.run("-m", "codegen", "generate")
        assert generated.returncode == 0, generated.stderr
        for command, code in (
            ("check", 0), ("release", 0), ("plan", 2), ("apply", 0), ("plan", 0),
        ):  # fmt: skip
            ran = new.contracts(command)
            assert ran.returncode == code, (command, ran.stdout, ran.stderr)
        sent = new.send(1_000, "before")
        assert sent.returncode == 0, sent.stderr
    assert not world.differences(SECONDS_TO_SETTLE)
    assert not failures(world)

    with load(world) as stop_old_tills:
        stop(world, "job")
        with new.service("flink.job") as log:
            assert new.send(1_000, "after").returncode == 0
            refused(new, world)
            stop_old_tills()
            assert not world.differences(SECONDS_TO_SETTLE)
            assert not failures(world)
            assert "Continuing from " in log.read_text("utf-8")
            audited = new.run("-m", "audit")
            assert audited.returncode == 0, audited.stdout + audited.stderr
    old_reader = TopicReader(world.settings, [Transaction])
    while not old_reader.caught_up:
        old_reader.read(10_000, 0.5)
    old_reader.close()
    assert not old_reader.undecodable


def refused(new: NewTree, world: RunningPipeline) -> None:
    """A field that every reader lacks a default for goes through no door."""
    broken = NewTree(new.folder.parent / "broken", world)
    shutil.copytree(new.folder / "schemas", broken.folder / "schemas", dirs_exist_ok=True)
    contract = json.loads(broken.contract.read_text("utf-8"))
    for field in contract["fields"]:
        if field["name"] == "promotion_id":
            field |= {"type": "string"}
            del field["default"]
    broken.contract.write_text(json.dumps(contract), "utf-8")
    assert broken.run("-m", "codegen", "generate").returncode == 0
    for command in ("check", "release", "plan", "apply"):
        stopped = broken.contracts(command)
        assert stopped.returncode == 1, (command, stopped.stdout)
        assert "Traceback" not in stopped.stderr
    subject = f"{Transaction.TOPIC}-value"
    url = f"{world.settings.registry_url}/subjects/{subject}/versions"
    printed = broken.run(
        "-c", "from schemas.generated import Transaction; print(Transaction.SCHEMA)"
    )
    version = {"schema": printed.stdout.strip()}
    assert requests.post(url, json=version, timeout=10).status_code == 409
    registry.client(world.settings).set_compatibility(subject, "NONE")
    assert requests.post(url, json=version, timeout=10).status_code == 200
    stopped = broken.send(10, "broken")
    assert stopped.returncode == 1
    assert "of transactions-value, which others may still use" in stopped.stderr
