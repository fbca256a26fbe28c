"""A contract changes under load: first a compatible change, then a breaking one.

Two trees stand side by side: this one, which runs, and a copy of it in which `transaction` has one
field more. The copy's producers write first; then its job goes on with the state of the old one.
"""

import json
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest
import requests
from rich.console import Console

from connect import registry
from schemas.generated import Transaction
from stack.runtime import Stack
from tests.support.oracle import Event
from tests.support.running_pipeline import SKUS, STORES, RunningPipeline
from views.reader import TopicReader

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[3]
ROOMS = (
    "schemas",
    "contracts",
    "codegen",
    "connect",
    "producers",
    "gate",
    "flink",
    "views",
    "audit",
)
SECONDS_TO_SETTLE = 90
RATE = 300
SEND = """
import sys
from datetime import datetime
from decimal import Decimal
from connect.settings import Settings
from producers.publisher import Publisher
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


class Tree:
    """A copy of the rooms that a contract's change touches."""

    def __init__(self, folder: Path, world: RunningPipeline) -> None:
        self.folder, self.world = folder, world
        for room in ROOMS:
            unwanted = shutil.ignore_patterns("__pycache__")
            shutil.copytree(ROOT / room, folder / room, ignore=unwanted)
        self.contract = folder / "schemas" / "transaction.avsc"

    def run(self, *command: str, text: str = "") -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, *command],
            cwd=self.folder,
            env=self.world.stack.environment(),
            input=text,
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )

    def contracts(self, *command: str) -> subprocess.CompletedProcess[str]:
        return self.run("-m", "contracts", *command)

    def send(self, count: int, name: str) -> subprocess.CompletedProcess[str]:
        """Sales with the new field; what this tree's oracle judges by is the same without."""
        at = datetime.now(UTC).replace(microsecond=0)
        sales: list[Event] = [
            Transaction(
                event_id=f"{name}-{number}",
                receipt_id=f"{name}-{number}",
                line_no=1,
                store_id=STORES[number % 5],
                terminal_id="till",
                sku=SKUS[number % 200],
                quantity=1 + number % 3,
                line_amount=Decimal(1 + number % 3),
                currency="EUR",
                occurred_at=at,
                recorded_at=at,
            )
            for number in range(count)
        ]
        lines = [
            f"{sale.event_id} {sale.store_id} {sale.sku} {sale.quantity} {at.isoformat()}\n"
            for sale in sales
            if isinstance(sale, Transaction)
        ]
        done = self.run("-c", SEND, text="".join(lines))
        if done.returncode == 0:
            self.world.arrivals += sales
        return done

    def add_field(self, field: dict[str, object]) -> None:
        contract = json.loads(self.contract.read_text("utf-8"))
        contract["fields"].append(field)
        self.contract.write_text(json.dumps(contract, indent=2), "utf-8")

    @contextmanager
    def job(self) -> Iterator[Path]:
        """This tree's job, run with the state of the one that ran before; its log."""
        log = self.folder / "job.log"
        with log.open("wb") as output:
            process = subprocess.Popen(
                [sys.executable, "-m", "flink.job"],
                cwd=self.folder,
                env=self.world.stack.environment(),
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        try:
            yield log
        finally:
            os.killpg(process.pid, signal.SIGTERM)
            process.wait(30)


@pytest.fixture
def pipeline() -> Iterator[RunningPipeline]:
    with Stack.on_free_ports(["registry", "kafka"], checkpoint_seconds=2) as stack:
        stack.names += ["gate", "job"]
        stack.fetch(Console(quiet=True))
        world = RunningPipeline(stack)
        assert world.run("contracts", "apply").returncode == 0
        world.start_job()
        yield world


@contextmanager
def load(world: RunningPipeline) -> Iterator[Callable[[], None]]:
    """Old producers that go on, whatever happens meanwhile, until they are stopped."""
    done = threading.Event()

    def send() -> None:
        while not done.is_set():
            world.send(RATE, rate=RATE)

    thread = threading.Thread(target=send)
    thread.start()

    def stop() -> None:
        done.set()
        thread.join()

    try:
        yield stop
    finally:
        stop()


def failures(world: RunningPipeline) -> list[str]:
    """Return the cause of the restart of this pipeline's job."""
    url = f"http://{world.settings.host}:{world.settings.flink_port}/jobs"
    (job,) = requests.get(url, timeout=10).json()["jobs"]
    answer = requests.get(f"{url}/{job['id']}/exceptions", timeout=10).json()
    return [entry["exceptionName"] for entry in answer["exceptionHistory"]["entries"]]


def test_a_field_is_added_under_load_and_a_breaking_change_is_stopped_at_every_door(
    pipeline: RunningPipeline, tmp_path: Path
) -> None:
    world = pipeline
    new = Tree(tmp_path / "new", world)
    new.add_field(
        {
            "name": "promotion_id",
            "type": ["null", "string"],
            "default": None,
            "doc": "Identity of the promotion that the line was sold under; null for none.",
        }
    )
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

    with load(world) as stop:
        world.stack.supervisor.stop_process("job")
        until = time.monotonic() + 30
        while world.stack.pid("job") and time.monotonic() < until:
            time.sleep(0.2)
        with new.job() as log:
            assert new.send(1_000, "after").returncode == 0
            refused(new, world)
            stop()
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


def refused(new: Tree, world: RunningPipeline) -> None:
    """A field that every reader lacks a default for goes through no door."""
    broken = Tree(new.folder.parent / "broken", world)
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
