"""Errors that prevent a start: one sentence, before any service starts."""

import os
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from connect.errors import UserError
from connect.metrics import PARTS
from connect.settings import Settings
from stack import early_ports, ports, services, supervision
from stack.__main__ import ONE_MACHINE
from stack.up import check_python

PROJECT = Path(__file__).parents[3]


@pytest.fixture
def taken() -> Iterator[int]:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        yield listener.getsockname()[1]


def stack(*arguments: str, **variables: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "stack", *arguments],
        cwd=PROJECT,
        env=os.environ | {name: str(value) for name, value in variables.items()},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


@pytest.mark.parametrize(
    "setting", ["KAFKA_PORT", "REGISTRY_PORT", "FLINK_PORT", "DASHBOARD_PORT", "STATUS_PORT"]
)
def test_a_taken_port_names_its_owner_and_the_setting(
    setting: str, taken: int, tmp_path: Path
) -> None:
    free = {
        "INVENTORY_KAFKA_PORT": ports.free("127.0.0.1", 2),
        "INVENTORY_REGISTRY_PORT": ports.free("127.0.0.1", 2),
        "INVENTORY_FLINK_PORT": ports.free("127.0.0.1"),
        "INVENTORY_DASHBOARD_PORT": ports.free("127.0.0.1"),
        "INVENTORY_STATUS_PORT": ports.free("127.0.0.1", len(PARTS)),
    }
    chosen = free | {f"INVENTORY_{setting}": taken, "INVENTORY_STATE": tmp_path}
    done = stack("up", **chosen)
    assert done.returncode == 1
    (sentence,) = done.stderr.splitlines()
    assert f"Port {taken}" in sentence
    assert f"(pid {os.getpid()})" in sentence
    assert f"set INVENTORY_{setting} to another port" in sentence
    assert [file.name for file in tmp_path.iterdir()] == ["up.lock"]


def test_the_port_after_the_brokers_is_checked_too(taken: int) -> None:
    settings = Settings(kafka_port=taken - 1)
    with pytest.raises(UserError, match=f"Port {taken}, for Kafka's controller"):
        ports.check(settings.host, [services.processes(settings)["kafka"].ports[1]])


def test_free_ports_are_free(taken: int) -> None:
    assert not ports.is_free("127.0.0.1", taken)
    first = ports.free("127.0.0.1", 2)
    assert ports.is_free("127.0.0.1", first)
    assert ports.is_free("127.0.0.1", first + 1)


def test_the_ports_that_are_checked_before_the_installation_are_those_of_make_up() -> None:
    settings = Settings(status_port=int(ONE_MACHINE["INVENTORY_STATUS_PORT"]), alerts="a.toml")
    used = services.ports(settings, services.local(settings))
    early = {
        (first + number, f"INVENTORY_{service}_PORT")
        for service, (first, count) in early_ports.PORTS.items()
        for number in range(count)
    }
    assert early == {(port.number, port.moved_by) for port in used}


@pytest.mark.parametrize(
    ("elsewhere", "is_named"),
    [({}, True), ({"INVENTORY_KAFKA": "kafka:9092"}, False)],
    ids=["here", "elsewhere"],
)
def test_a_taken_port_is_named_before_the_installation(
    taken: int, elsewhere: dict[str, str], is_named: bool
) -> None:
    environment = {
        f"INVENTORY_{service}_PORT": str(ports.free("127.0.0.1", count))
        for service, (_, count) in early_ports.PORTS.items()
    }
    done = subprocess.run(
        [sys.executable, early_ports.__file__],
        env=environment | {"INVENTORY_KAFKA_PORT": str(taken)} | elsewhere,
        capture_output=True,
        text=True,
        check=False,
    )
    assert bool(done.returncode) is is_named
    assert (f"Port {taken} is taken" in done.stderr) is is_named
    assert ("set INVENTORY_KAFKA_PORT to another port" in done.stderr) is is_named


@pytest.mark.parametrize("version", [(3, 10), (3, 13), (2, 7)])
def test_another_python_is_refused(version: tuple[int, int]) -> None:
    with pytest.raises(UserError, match=r"PyFlink needs 3.11 or 3.12"):
        check_python(version)


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A folder with the Makefile, without a virtual environment."""
    shutil.copy(PROJECT / "Makefile", tmp_path)
    (tmp_path / "requirements.txt").write_text("")
    (tmp_path / "requirements-dev.txt").write_text("")
    return tmp_path


def fake_python(folder: Path, name: str, version: str) -> Path:
    """A fake Python of that version: prints it, creates environments, cannot install packages."""
    program = folder / name
    numbers = version.replace(".", ", ")
    program.write_text(
        f"""#!/bin/sh
echo "$0 $@" >> {folder}/calls
case "$1 $2" in
"--version ") echo Python {version} ;;
-c*) exec {sys.executable} -c "import sys; sys.version_info = ({numbers})
$2" ;;
"-m venv") mkdir -p .venv/bin && cp "$0" .venv/bin/python ;;
"-m pip") echo "the index does not answer"; exit 1 ;;
esac
"""
    )
    program.chmod(0o755)
    return program


def make(checkout: Path, path: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run `make` with only the Pythons in `path`."""
    tools = checkout / "tools"
    tools.mkdir()
    for tool in (
        "sh",
        "make",
        "grep",
        "tail",
        "rm",
        "touch",
        "awk",
        "echo",
        "sleep",
        "mkdir",
        "cp",
    ):
        program = shutil.which(tool)
        assert program
        (tools / tool).symlink_to(program)
    return subprocess.run(
        ["make", *arguments],
        cwd=checkout,
        env={"PATH": f"{path}:{tools}"},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


@pytest.mark.parametrize(("code", "is_error"), [(0, False), (2, False), (1, True)])
def test_make_plan_fails_for_a_conflict_and_not_for_a_change(
    checkout: Path, code: int, is_error: bool
) -> None:
    programs = checkout / ".venv" / "bin"
    programs.mkdir(parents=True)
    (checkout / ".venv" / "installed").touch()
    python = programs / "python"
    python.write_text(f"#!/bin/sh\necho planned\nexit {code}\n")
    python.chmod(0o755)
    done = make(checkout, programs, "plan")
    assert done.stdout == "planned\n"
    assert bool(done.returncode) is is_error
    assert bool(done.stderr) is is_error


def test_make_refuses_another_python(checkout: Path) -> None:
    programs = checkout / "programs"
    programs.mkdir()
    old = fake_python(programs, "python3", "3.9.2")
    done = make(checkout, programs, "status")
    assert done.returncode != 0
    sentence = done.stderr.splitlines()[0]
    assert "Python 3.11 or 3.12 is needed and python3 is Python 3.9.2" in sentence
    assert "PYTHON=" in sentence
    assert not (checkout / ".venv").exists()
    assert str(old) in (programs / "calls").read_text()


def test_make_takes_a_python_that_fits_when_the_first_does_not(checkout: Path) -> None:
    programs = checkout / "programs"
    programs.mkdir()
    fake_python(programs, "python3", "3.13.1")
    fitting = fake_python(programs, "python3.12", "3.12.4")
    make(checkout, programs, "status")
    assert f"{fitting} -m venv" in (programs / "calls").read_text()


def test_make_up_checks_its_ports_before_the_first_installation_only(checkout: Path) -> None:
    programs = checkout / "programs"
    programs.mkdir()
    fake_python(programs, "python3", "3.12.4")
    make(checkout, programs, "status")
    assert "early_ports" not in (programs / "calls").read_text()
    (checkout / "tools").rename(checkout / "tools of before")
    shutil.rmtree(checkout / ".venv")
    make(checkout, programs, "up")
    first, *_ = (programs / "calls").read_text().partition("early_ports.py")[2].splitlines()[1:]
    assert "-m venv" in first


def test_a_failed_installation_is_reported_and_does_not_count(checkout: Path) -> None:
    programs = checkout / "programs"
    programs.mkdir()
    fake_python(programs, "python3", "3.12.4")
    done = make(checkout, programs, "status")
    assert done.returncode != 0
    assert "the index does not answer" in done.stderr
    assert "Error: the packages could not be installed: see .venv/install.log" in done.stderr
    assert not (checkout / ".venv" / "installed").exists()


def test_make_without_a_target_lists_the_targets(checkout: Path) -> None:
    done = make(checkout, checkout)
    assert done.returncode == 0
    for target in ("up", "down", "status", "logs", "viz", "reset", "schemas", "test"):
        assert f"make {target} " in done.stdout


def test_an_unknown_service_lists_the_services(tmp_path: Path) -> None:
    done = stack("logs", "nonsense", INVENTORY_STATE=tmp_path)
    assert done.returncode == 1
    assert "There is no service 'nonsense'; services are: registry, kafka" in done.stderr


def test_a_stopped_stack_has_a_status_and_can_be_stopped(tmp_path: Path) -> None:
    assert stack("down", INVENTORY_STATE=tmp_path).stdout == "Nothing runs.\n"
    status = stack("status", INVENTORY_STATE=tmp_path)
    assert status.returncode == 1
    _, *lines = status.stdout.splitlines()
    assert [line.split()[0] for line in lines] == services.local(Settings()), "one line each"
    assert services.processes(Settings())["registry"].address in lines[0]


def test_the_socket_of_a_deep_folder_is_short_and_private(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "gettempdir", lambda: str(tmp_path))
    deep = tmp_path / ("d" * 100)
    path = supervision.socket_path(deep)
    assert len(path.name) < len("supervisor.sock")
    assert path.parent.stat().st_mode & 0o777 == 0o700
    assert supervision.socket_path(deep) == path
    path.parent.chmod(0o755)
    with pytest.raises(UserError, match="is not a private folder of yours"):
        supervision.socket_path(deep)


def test_a_service_that_a_setting_replaces_is_not_started() -> None:
    assert "kafka" not in services.local(Settings(kafka="elsewhere:9092"))
    assert "registry" not in services.local(Settings(registry="http://elsewhere"))


def test_without_simulation_no_service_makes_up_events() -> None:
    ended = set(services.local(Settings())) - set(services.local(Settings(simulation="off")))
    assert ended == {"simulate", "replenish"}


def test_alerts_are_sent_only_where_a_file_says_where_to() -> None:
    sent = set(services.local(Settings(alerts="alerts.toml"))) - set(services.local(Settings()))
    assert sent == {"alerts"}
