"""The commands of README and docs run, one after another in one shell, as a reader runs them."""

import csv
import os
import re
import shutil
import subprocess
import time
from collections.abc import Iterator
from urllib.request import urlopen

import pytest

from connect.metrics import PARTS, status_port
from connect.settings import Settings
from stack import ports
from tests.support.markdown_files import ROOT, commands, markdown_files

pytestmark = pytest.mark.slow
README = (ROOT / "README.md").read_text("utf-8")
RUN_BY_CI = ("make check", "make test")
"""Commands that CI runs themselves; the latter runs this test."""
OPTIONS = {"make test-fast": "-k test_wire"}
"""Command -> pytest options: all of these tests run beside this one."""
LAST = ("make down", "make reset YES=1")
"""Commands that stop the stack or delete its state."""
SECONDS = 400


def documented_commands() -> list[str]:
    """Every command of every `sh` block once: README's first, destructive ones last."""
    every = [
        command
        for path in markdown_files()
        for command in commands((ROOT / path).read_text("utf-8"), "sh")
    ]
    first = [command for command in dict.fromkeys(every) if command not in LAST]
    return [*(command for command in first if command not in RUN_BY_CI), *LAST]


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """A reader's shell, with ports and a state folder of its own."""
    host = Settings().host
    alerts = tmp_path_factory.mktemp("alerts") / "alerts.toml"
    alerts.write_text("[targets]\n")
    own = Settings(
        kafka_port=ports.free(host, 2),
        registry_port=ports.free(host, 2),
        flink_port=ports.free(host, 2),
        dashboard_port=ports.free(host),
        status_port=ports.free(host, len(PARTS)),
        state=tmp_path_factory.mktemp("state"),
        alerts=str(alerts),
    )
    of_make = {"MAKEFLAGS", "MAKELEVEL", "MFLAGS"}  # a reader's shell is not inside of make
    outside = {name: value for name, value in os.environ.items() if name not in of_make}
    shell = {**outside, **own.environment()}
    shutil.rmtree(ROOT / "my-data", ignore_errors=True)
    yield shell
    subprocess.run(["make", "down"], cwd=ROOT, env=shell, check=False)
    for output in ("levels.csv", "oracle.csv"):
        (ROOT / output).unlink(missing_ok=True)
    shutil.rmtree(ROOT / "my-data", ignore_errors=True)


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


def levels_of_the_tutorial() -> dict[tuple[str, str], str]:
    """On hand by store and SKU, as the table of docs/tutorial.md has it."""
    page = (ROOT / "docs" / "tutorial.md").read_text("utf-8")
    rows = re.findall(r"^\| (.+?) \| (\S+) \| \d+ \|.*\| (\d+) \|$", page, re.MULTILINE)
    return {(store, sku): on_hand for store, sku, on_hand in rows}


def levels(environment: dict[str, str]) -> dict[tuple[str, str], str]:
    exported = run(".venv/bin/python -m dashboard.export", environment).stdout
    rows = csv.DictReader(exported.splitlines())
    return {(row["store_id"], row["sku"]): row["on_hand"] for row in rows}


def scraped(part: str, environment: dict[str, str]) -> str:
    """Metrics of a part, as Prometheus gets them."""
    port = status_port(int(environment["INVENTORY_STATUS_PORT"]), part)
    with urlopen(f"http://{Settings().host}:{port}/metrics", timeout=10) as answer:
        return str(answer.read(), "utf-8")


def has_compose() -> bool:
    """True if this machine has Docker's compose."""
    if shutil.which("docker") is None:
        return False
    version = subprocess.run(["docker", "compose", "version"], capture_output=True, check=False)
    return version.returncode == 0


def test_ci_runs_the_readme_s_own_test_command_and_the_checks() -> None:
    assert f"```sh\nmake up\n{RUN_BY_CI[-1]}\n```" in README
    assert set(RUN_BY_CI) <= set((ROOT / ".ci" / "run").read_text("utf-8").splitlines())


@pytest.mark.timeout(1200)
def test_every_documented_command_succeeds(environment: dict[str, str]) -> None:
    for command in documented_commands():
        if command.startswith("docker") and not has_compose():
            continue
        if command == LAST[0]:
            # After `make rebuild` the read model is healthy once it has read all levels again.
            until = time.monotonic() + SECONDS
            while run("make status", environment).returncode:
                assert time.monotonic() < until, run("make status", environment).stdout
            right = levels_of_the_tutorial()
            assert len(right) == 4
            while not right.items() <= (held := levels(environment)).items():
                assert time.monotonic() < until, {key: held.get(key) for key in right}
        done = run(command, environment | {"PYTEST_ADDOPTS": OPTIONS.get(command, "")})
        assert done.returncode == 0, f"{command}\n{done.stdout[-3000:]}\n{done.stderr[-3000:]}"
        if command == "make up":
            again = run(command, environment)
            assert again.returncode == 0
            assert "runs already" in again.stdout
            for part in PARTS:
                assert "inventory_ready" in scraped(part, environment), part
        if command == LAST[0]:
            assert run("make status", environment).returncode != 0
            assert run("make down", environment).stdout.strip() == "Nothing runs."
