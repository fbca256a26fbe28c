"""The package for other teams: complete, light, and of use in an empty environment."""

import ast
import importlib.metadata
import importlib.util
import os
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from contracts import __main__ as command_line

ROOT = Path(__file__).parents[3]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
FOLDERS = PROJECT["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"]
ONLINE = ("plan", "apply", "users")


def imported(module: str, lazily: bool) -> Iterator[str]:
    """Yield the modules that a module's file imports, and the packages around it.

    lazily: also those that its functions import when they are called.
    """
    parts = module.split(".")
    yield from (".".join(parts[:length]) for length in range(1, len(parts)))
    path = ROOT.joinpath(*parts)
    file = path / "__init__.py" if path.is_dir() else path.with_suffix(".py")
    tree = ast.parse(file.read_text("utf-8"))
    for node in ast.walk(tree) if lazily else tree.body:
        match node:
            case ast.Import(names=names):
                yield from (each.name for each in names)
            case ast.ImportFrom(module=str(base), level=0, names=names):
                yield base
                submodules = (f"{base}.{each.name}" for each in names)
                yield from (each for each in submodules if is_ours(each))


def is_ours(module: str) -> bool:
    path = ROOT.joinpath(*module.split("."))
    return path.with_suffix(".py").exists() or (path / "__init__.py").exists()


def needs(command: str, lazily: bool = True) -> set[str]:
    """Return the distributions that a command imports, and folders that the package lacks."""
    waiting = [command_line.COMMANDS[command].partition(":")[0]]
    seen, outside = set[str](), set[str]()
    distributions = importlib.metadata.packages_distributions()
    while waiting:
        module = waiting.pop()
        top = module.partition(".")[0]
        if module in seen or top in sys.stdlib_module_names:
            continue
        seen.add(module)
        if is_ours(module):
            waiting += imported(module, lazily)
            outside |= set() if top in FOLDERS else {f"the folder {top}"}
        else:
            outside |= {name.lower() for name in distributions[top]}
    return outside


def declared(*extras: str) -> set[str]:
    project = PROJECT["project"]
    lines = [*project["dependencies"]]
    for extra in extras:
        lines += project["optional-dependencies"][extra]
    return {re.split(r"[^a-z0-9-]", line)[0] for line in lines}


OFFLINE = [command for command in command_line.COMMANDS if command not in ONLINE]


@pytest.mark.parametrize("command", OFFLINE)
def test_offline_commands_start_with_the_declared_packages_only(command: str) -> None:
    assert needs(command, lazily=False) <= declared()
    assert needs(command) <= declared("deploy")


@pytest.mark.parametrize("command", ONLINE)
def test_commands_that_reach_kafka_need_the_extra_deploy(command: str) -> None:
    assert needs(command) <= declared("deploy")
    assert not needs(command) <= declared()


def test_each_declared_package_is_used() -> None:
    assert declared() <= {"click"} | set[str]().union(*map(needs, OFFLINE))


def without_client(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the tool where Kafka's client cannot be imported."""
    code = (
        "import sys; sys.modules['confluent_kafka'] = None; "
        f"from {command_line.__name__} import main; main({[*arguments]!r})"
    )
    return subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False
    )


@pytest.mark.parametrize("command", ONLINE)
def test_a_missing_client_is_named_with_the_extra(command: str) -> None:
    for options in ([], ["--schemas", "contracts"]):
        ran = without_client(command, *options)
        assert ran.returncode == 1
        assert "pip install 'inventory-contracts[deploy]'" in ran.stderr
        assert "Traceback" not in ran.stderr


def test_the_commands_are_listed_without_the_client() -> None:
    listed = without_client("--help")
    assert listed.returncode == 0, listed.stderr
    assert all(f"  {command} " in listed.stdout for command in command_line.COMMANDS)


class Environment:
    """A virtual environment with the package alone, beside a folder to work in."""

    def __init__(self, folder: Path) -> None:
        self.programs, self.work = folder / "environment" / "bin", folder / "work"
        self.work.mkdir()
        subprocess.run([sys.executable, "-m", "venv", str(self.programs.parent)], check=True)

    def run(self, program: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        kept = {name: os.environ[name] for name in os.environ if not name.startswith("PYTHON")}
        return subprocess.run(
            [str(self.programs / program), *arguments],
            cwd=self.work,
            env=kept,
            capture_output=True,
            text=True,
            check=False,
        )


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> Environment:
    empty = Environment(tmp_path_factory.mktemp("package"))
    installed = empty.run("pip", "install", "--quiet", str(ROOT))
    assert installed.returncode == 0, installed.stderr
    return empty


@pytest.mark.nightly
def test_the_installed_version_is_that_of_the_contracts(environment: Environment) -> None:
    count = len(list((ROOT / "schemas" / "released").glob("*/*.avsc")))
    shown = environment.run("pip", "show", "inventory-contracts").stdout
    assert re.search(rf"^Version: \d+\.\d+\.{count}$", shown, re.M), shown


@pytest.mark.nightly
def test_the_installed_classes_write_and_validate_records(environment: Environment) -> None:
    code = """
from datetime import UTC, datetime
from schemas.generated import StockCount
now = datetime(2026, 3, 2, tzinfo=UTC)
count = StockCount(event_id="e", store_id="s", sku="k", quantity=1, counted_at=now, recorded_at=now)
count.validate()
print(count.to_avro().hex(), StockCount.TOPIC)
"""
    done = environment.run("python", "-c", code)
    assert done.returncode == 0, done.stderr
    assert done.stdout.endswith(" stock-counts\n")


@pytest.mark.nightly
def test_the_installed_tool_works_on_contracts_elsewhere(environment: Environment) -> None:
    contracts = environment.work / "contracts"
    contracts.mkdir()
    shutil.copy(ROOT / "schemas" / "stock_count.avsc", contracts)
    for command in (
        ("release",),
        ("release", "--check"),
        ("check",),
        ("generate",),
        ("generate", "--check"),
        ("export", "--format", "odcs", "--out", "out"),
        ("catalogue", "--out", "out"),
    ):
        done = environment.run("inventory-contracts", *command, "--schemas", "contracts")
        assert done.returncode == 0, done.stdout + done.stderr
    assert (contracts / "released" / "stock_count" / "1.avsc").exists()
    code = "import generated; print(generated.StockCount.TOPIC)"
    imported_classes = environment.run(
        "python", "-c", f"import sys; sys.path.insert(0, 'contracts'); {code}"
    )
    assert imported_classes.stdout == "stock-counts\n", imported_classes.stderr


@pytest.mark.nightly
def test_the_installed_tool_checks_no_contracts_of_its_own(environment: Environment) -> None:
    for command in ("check", "release", "generate"):
        done = environment.run("inventory-contracts", command)
        assert done.returncode == 2
        assert "Missing option '--schemas'" in done.stderr
    shown = environment.run("inventory-contracts", "export", "--format", "odcs", "--out", "all")
    assert shown.returncode == 0, shown.stderr
    assert len(list((environment.work / "all").iterdir())) == len(
        list((ROOT / "schemas").glob("*.avsc"))
    )


@pytest.mark.nightly
def test_plan_without_the_client_names_the_extra(environment: Environment) -> None:
    done = environment.run("inventory-contracts", "plan", "--schemas", "contracts")
    assert done.returncode == 1
    assert "inventory-contracts[deploy]" in done.stderr
    assert "Traceback" not in done.stderr
