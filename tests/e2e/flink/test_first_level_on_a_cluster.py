"""The commands of docs/operations/cluster.md lead from nothing to the first level, in order."""

import os
import re
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from stack.health import part_state
from tests.support.cluster.running_cluster import Cluster
from tests.support.markdown_files import ROOT, blocks, commands
from tests.support.patience import until

pytestmark = [pytest.mark.slow, pytest.mark.nightly]
PAGE = (ROOT / "docs" / "operations" / "cluster.md").read_text("utf-8")
PARTS = {"gate": "gate", "flink.job": "job", "views": "views", "dashboard": "dashboard"}
"""Module of a part that runs until it is stopped -> its name."""
PART = re.compile(rf"-m ({'|'.join(map(re.escape, PARTS))})$")
ADDRESSES = {
    "high-availability.zookeeper.quorum",
    "high-availability.storageDir",
    "web.access-control-allow-origin",
}
OF_THE_SHELL = (". ", "export ")
SECONDS = 120


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    with Cluster.on_free_ports_in(tmp_path_factory.mktemp("cluster")) as cluster:
        yield cluster


class Reader:
    """A reader's shell, which has the settings of the commands before."""

    def __init__(self, cluster: Cluster, state: Path) -> None:
        self.settings = cluster.settings
        own = {"CHAIN": str(cluster.layout.chain), "INVENTORY_STATE": str(state)}
        self._environment = os.environ | own
        self._logs = state.parent
        self._begin = ""

    def run(self, command: str, services: ExitStack) -> str:
        """Run a command; a part until the services are stopped. Return what it prints."""
        if command.startswith(OF_THE_SHELL):
            self._begin += f"{command}\n"
            return ""
        if part := PART.search(command):
            services.enter_context(self._running(command, PARTS[part[1]]))
            return ""
        done = subprocess.run(
            ["bash", "-c", self._begin + command],
            env=self._environment,
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
            timeout=SECONDS,
        )
        allowed = (0, 2) if "contracts plan" in command else (0,)
        assert done.returncode in allowed, f"{command}\n{done.stdout}{done.stderr}"
        return done.stdout

    @contextmanager
    def _running(self, command: str, name: str) -> Iterator[None]:
        log = self._logs / f"{name}.log"
        with (
            log.open("w") as output,
            subprocess.Popen(
                ["bash", "-c", f"{self._begin}{command.replace('.venv', 'exec .venv')}"],
                env=self._environment,
                cwd=ROOT,
                stdout=output,
                stderr=subprocess.STDOUT,
            ) as process,
        ):
            try:
                until(lambda: part_state(self.settings, name) == "ready", SECONDS)
                yield
                assert process.poll() is None, log.read_text()
            finally:
                process.terminate()


def test_the_commands_lead_to_the_first_level(cluster: Cluster, tmp_path: Path) -> None:
    state = tmp_path / "state"
    (state / "artifacts").mkdir(parents=True)
    for group in (cluster.settings.state / "artifacts").iterdir():
        (state / "artifacts" / group.name).symlink_to(group)
    reader = Reader(cluster, state)
    with ExitStack() as services:
        printed = [
            reader.run(command, services)
            for command in commands(PAGE, "console")
            if not command.startswith(("make ", "export CHAIN"))
        ]
    assert "All is true" in printed[-1]


@pytest.mark.parametrize("manager", ["jobmanager1", "jobmanager2", "taskmanager1", "taskmanager2"])
def test_flink_has_the_options_of_the_page(cluster: Cluster, manager: str) -> None:
    (written,) = blocks(PAGE, "yaml")
    options = dict(re.findall(r"^(\S+): (.*)$", written, re.MULTILINE))
    file = cluster.settings.state / "conf" / manager / "config.yaml"
    actual = dict(re.findall(r'^(\S+): "(.*)"$', file.read_text(), re.MULTILINE))
    assert options.keys() <= actual.keys()
    for name in options.keys() - ADDRESSES:
        assert actual[name] == options[name], name
