"""The nemesis: performs the faults of a plan on a running installation, each in its time."""

import json
import random
import resource
import shutil
import signal
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

import psutil
from confluent_kafka.schema_registry import Schema

from connect import registry
from connect.errors import UserError
from schemas.generated import Transaction
from schemas.wire import HEADER, MAGIC
from tests.support.faults.fault_installation import (
    CHECKPOINT_SECONDS,
    SUPERVISOR,
    Installation,
    send_signal,
)
from tests.support.faults.fault_plan import Fault
from tests.support.faults.till import Till
from views.database.engine import SQLITE_FILE

OPERATOR_SECONDS = 3.0
"""Time after which somebody runs `make up` whose supervisor is gone."""
REGISTRY_SECONDS = 60.0
STOPPED_SECONDS, RUNNING_SECONDS = (0.1, 0.6), (0.02, 0.2)
"""Shortest and longest time that a process that stutters stops and runs."""
SETTINGS: list[dict[str, float]] = [
    {"checkpoint_seconds": CHECKPOINT_SECONDS + 1},
    {"parallelism": 2},
    {"dedup_seconds": 8 * 24 * 3600},
]
"""Changes of settings, and what is changed back by the next one."""
DEFAULTS: dict[str, float] = {
    "checkpoint_seconds": CHECKPOINT_SECONDS,
    "parallelism": 0,
    "dedup_seconds": 7 * 24 * 3600,
}
Log = Callable[[str], None]


class Nemesis:
    """seed: of the choices within a fault; log: takes each step as one line."""

    def __init__(self, installation: Installation, till: Till, seed: int, log: Log) -> None:
        self._installation, self._till, self._seed, self._log = installation, till, seed, log
        self._failures: list[BaseException] = []

    def perform(self, faults: list[Fault]) -> None:
        """Return after the end of the last fault, with everything started that should run."""
        threads = [threading.Thread(target=self._strike, args=(fault,)) for fault in faults]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        if self._failures:
            raise self._failures[0]
        self._installation.up()
        self._log("all faults have ended")

    def _strike(self, fault: Fault) -> None:
        time.sleep(fault.at)
        strike: Callable[[Fault], None] = getattr(self, fault.kind)
        self._log(f"{fault}: begins")
        try:
            strike(fault)
        except BaseException as failure:  # noqa: BLE001 - `perform` raises it
            self._failures.append(failure)
        self._log(f"{fault}: ends")

    # The kinds of faults.

    def kill(self, fault: Fault) -> None:
        for blow in range(fault.size):
            # The second blow comes while it starts, a third one when it is at work again.
            if blow > 1 and fault.target != SUPERVISOR:
                self._installation.wait_until_works(fault.target)
            if blow:
                time.sleep(fault.seconds)
            killed = send_signal(self._installation.awaited(fault.target), signal.SIGKILL)
            self._log(f"kill -9 {fault.target}: {killed or 'does not run'}")
            if fault.target == SUPERVISOR:
                time.sleep(OPERATOR_SECONDS)
                self._installation.up()

    def freeze(self, fault: Fault) -> None:
        frozen = self._installation.awaited(fault.target)
        self._log(f"SIGSTOP {fault.target}: {send_signal(frozen, signal.SIGSTOP)}")
        try:
            time.sleep(fault.seconds)
        finally:
            self._log(f"SIGCONT {fault.target}: {send_signal(frozen, signal.SIGCONT)}")

    def stutter(self, fault: Fault) -> None:
        """Stop the processes again and again, for longer than they run in between."""
        chance, end = random.Random(self._seed), time.monotonic() + fault.seconds
        while time.monotonic() < end:
            stopped = self._installation.awaited(fault.target)
            send_signal(stopped, signal.SIGSTOP)
            time.sleep(chance.uniform(*STOPPED_SECONDS))
            send_signal(stopped, signal.SIGCONT)
            time.sleep(chance.uniform(*RUNNING_SECONDS))

    def fill_disk(self, fault: Fault) -> None:
        """Let the processes write no byte more into any file."""
        processes = self._installation.awaited(fault.target)
        for process in processes:
            with suppress(psutil.NoSuchProcess):
                process.rlimit(psutil.RLIMIT_FSIZE, (1, resource.RLIM_INFINITY))
        time.sleep(fault.seconds)
        for process in processes:
            with suppress(psutil.NoSuchProcess):
                process.rlimit(psutil.RLIMIT_FSIZE, (resource.RLIM_INFINITY,) * 2)

    def delete_database(self, _: Fault) -> None:
        file = self._installation.settings.state / SQLITE_FILE
        for suffix in ("-wal", "-shm", ""):
            file.with_name(file.name + suffix).unlink(missing_ok=True)

    def damage_checkpoint(self, fault: Fault) -> None:
        """Cut a file of the newest checkpoints, as a power cut does."""
        self._kill_job()
        chance = random.Random(self._seed)
        for checkpoint in self._checkpoints()[: fault.size]:
            with suppress(OSError):  # the job that is started again deletes old ones
                damaged = chance.choice(sorted(checkpoint.iterdir()))
                content = damaged.read_bytes()
                damaged.write_bytes(content[: chance.randrange(len(content) + 1)])
                self._log(f"cut {checkpoint.name}/{damaged.name}")

    def delete_checkpoints(self, _: Fault) -> None:
        self._kill_job()
        for checkpoint in self._checkpoints():
            shutil.rmtree(checkpoint, ignore_errors=True)
            self._log(f"deleted {checkpoint.name}")

    def clock(self, fault: Fault) -> None:
        if fault.target == "till":
            self._till.wrong_by = timedelta(seconds=fault.size)
            time.sleep(fault.seconds)
            self._till.wrong_by = timedelta(0)
            return
        file = self._installation.clock(fault.target)
        file.write_text(str(fault.size))
        time.sleep(fault.seconds)
        file.unlink()

    def repeat(self, fault: Fault) -> None:
        self._till.repeat(fault.size)

    def disorder(self, fault: Fault) -> None:
        self._till.disorder(fault.size)

    def poison(self, fault: Fault) -> None:
        self._till.poison(fault.size)

    def restart_till(self, fault: Fault) -> None:
        for _ in range(fault.size):
            self._till.restart()
            time.sleep(1)

    def widen_contract(self, _: Fault) -> None:
        """Register sales with one more field, as soon as the registry answers, and send such."""
        schema = json.loads(Transaction.SCHEMA)
        name = f"extra_{self._seed}"
        schema["fields"].append({"name": name, "type": ["null", "string"], "default": None})
        end = time.monotonic() + REGISTRY_SECONDS
        while True:
            try:
                client = registry.client(self._installation.settings)
                subject, text = Transaction.VALUE_SUBJECT, json.dumps(schema)
                number = client.register_schema(subject, Schema(text, "AVRO"))
                break
            except (UserError, OSError):
                assert time.monotonic() < end, "the registry does not answer"
                time.sleep(1)
        self._till.widen(HEADER.pack(MAGIC, number))

    def down_and_up(self, _: Fault) -> None:
        self._installation.down()
        self._installation.up()

    def change_settings(self, fault: Fault) -> None:
        """Restart with one other setting; those that were changed before are changed back."""
        self._installation.change(**DEFAULTS | SETTINGS[fault.size])

    def _kill_job(self) -> None:
        for target in ("job", "job-jvm"):
            send_signal(self._installation.pids(target), signal.SIGKILL)

    def _checkpoints(self) -> list[Path]:
        """Return the complete checkpoints, the newest first."""
        folder = self._installation.settings.state / "checkpoints"
        files = []
        for file in folder.glob("*/*/*/chk-*/_metadata"):
            with suppress(OSError):
                files.append((file.stat().st_mtime, file.parent))
        return [checkpoint for _, checkpoint in sorted(files, reverse=True)]
