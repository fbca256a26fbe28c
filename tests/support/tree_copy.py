"""A copy of the tree whose contracts a test edits, beside the one that runs."""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.support.running_pipeline import RunningPipeline

ROOT = Path(__file__).parents[2]
FOLDERS = (
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


class TreeCopy:
    """A copy of the folders that a change of a contract touches; it runs on a pipeline."""

    def __init__(self, folder: Path, world: RunningPipeline) -> None:
        self.folder, self.world = folder, world
        for name in FOLDERS:
            unwanted = shutil.ignore_patterns("__pycache__")
            shutil.copytree(ROOT / name, folder / name, ignore=unwanted)
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

    def done(self, *command: str) -> str:
        """Run a module, which has to succeed; return its output."""
        ran = self.run("-m", *command)
        assert ran.returncode == 0, (command, ran.stdout, ran.stderr)
        return ran.stdout

    def edit(self, contract: Path, change: Callable[[dict[str, Any]], object]) -> None:
        document = json.loads(contract.read_text("utf-8"))
        change(document)
        contract.write_text(json.dumps(document, indent=2), "utf-8")

    def replace(self, name: str, *edits: tuple[str, str]) -> None:
        """Replace text in a file by patterns, each of which has to occur."""
        path = self.folder / name
        text = path.read_text("utf-8")
        for pattern, new in edits:
            text, count = re.subn(pattern, new, text)
            assert count, (name, pattern)
        path.write_text(text, "utf-8")

    @contextmanager
    def service(self, module: str) -> Iterator[Path]:
        """This tree's gate, job or converter, which must not end by itself; its log."""
        log = self.folder / f"{module}.log"
        with log.open("wb") as output:
            process = subprocess.Popen(
                [sys.executable, "-m", module],
                cwd=self.folder,
                env=self.world.stack.environment(),
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        try:
            yield log
            assert process.poll() is None, log.read_text("utf-8")
        finally:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGTERM)
                process.wait(30)


def stop(world: RunningPipeline, name: str) -> None:
    """Stop a service of the tree that runs, and wait for its end."""
    world.stack.supervisor.stop_process(name)
    until = time.monotonic() + 30
    while world.stack.pid(name) and time.monotonic() < until:
        time.sleep(0.2)
