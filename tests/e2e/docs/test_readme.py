"""The README's commands do what it says, run one after another as a reader would."""

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from connect.settings import Settings
from stack import ports

pytestmark = pytest.mark.slow
ROOT = Path(__file__).parents[3]
README = (ROOT / "README.md").read_text("utf-8")
RUNS_THIS_TEST = "make test"
FEW = {"make test-fast": "-k test_wire"}  # all of them are run beside this one
FIRST_LINES = "100000"
"""Of the year of receipts: all of them are sent by a benchmark."""
SECONDS = 400


def commands() -> list[str]:
    """Every line of every `sh` block, without its comment."""
    blocks = re.findall(r"^```sh\n(.*?)^```", README, re.DOTALL | re.MULTILINE)
    lines = [line.split("  #")[0].strip() for block in blocks for line in block.splitlines()]
    return [line for line in lines if line and line != RUNS_THIS_TEST]


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """A reader's shell, with ports and a state folder of its own."""
    host = Settings().host
    own = Settings(
        kafka_port=ports.free(host, 2),
        registry_port=ports.free(host, 2),
        flink_port=ports.free(host, 2),
        dashboard_port=ports.free(host),
        state=tmp_path_factory.mktemp("state"),
    )
    of_make = {"MAKEFLAGS", "MAKELEVEL", "MFLAGS"}  # a reader's shell is not inside of make
    outside = {name: value for name, value in os.environ.items() if name not in of_make}
    shell = {**outside, **own.environment(), "LIMIT": FIRST_LINES}
    yield shell
    subprocess.run(["make", "down"], cwd=ROOT, env=shell, check=False)
    for written in ("levels.csv", "oracle.csv"):
        (ROOT / written).unlink(missing_ok=True)


def run(command: str, environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command,
        shell=True,
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=SECONDS,
    )


def compose() -> bool:
    """Whether this machine has Docker's compose."""
    if shutil.which("docker") is None:
        return False
    asked = subprocess.run(["docker", "compose", "version"], capture_output=True, check=False)
    return asked.returncode == 0


def test_ci_runs_the_readme_s_own_test_command() -> None:
    assert f"```sh\nmake up\n{RUNS_THIS_TEST}\n```" in README
    assert RUNS_THIS_TEST in (ROOT / ".ci" / "run").read_text("utf-8").splitlines()


@pytest.mark.timeout(1200)
def test_every_command_of_the_readme_succeeds(environment: dict[str, str]) -> None:
    before_down = [line for line in commands() if line != "make down"]
    for command in [*before_down, "make down"]:
        if command.startswith("docker") and not compose():
            continue
        few = {"PYTEST_ADDOPTS": FEW.get(command, "")}
        done = run(command, environment | few)
        assert done.returncode == 0, f"{command}\n{done.stdout[-3000:]}\n{done.stderr[-3000:]}"
        if command == "make up":
            again = run(command, environment)
            assert again.returncode == 0
            assert "runs already" in again.stdout
    assert run("make status", environment).returncode != 0
    assert run("make down", environment).stdout.strip() == "Nothing runs."


def test_links_and_files_of_the_readme_are_there() -> None:
    for target in re.findall(r"\]\((?!http)([^)]+)\)", README):
        assert (ROOT / target).exists(), target
