"""The templates for CI reject what must not be merged, beside a repository of contracts alone."""

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.support.git_repository import commit, git

ROOT = Path(__file__).parents[3]
ACTION = Path(".github/actions/contracts/action.yml")
GITLAB = Path(".gitlab/contracts.yml")
WORKFLOW = Path(".github/workflows/contracts.yml")


def yaml_of(path: Path) -> Any:
    return yaml.safe_load((ROOT / path).read_text("utf-8"))


def github_steps(schemas: str) -> list[tuple[str, dict[str, str]]]:
    """Return (command, environment) of each step of the action that runs a command."""
    steps = yaml_of(ACTION)["runs"]["steps"]
    values = {
        "${{ inputs.schemas }}": schemas,
        "${{ inputs.base }}": yaml_of(ACTION)["inputs"]["base"]["default"],
        "${{ github.action_path }}": str(ROOT / ACTION.parent),
    }

    def filled(text: str) -> str:
        for expression, value in values.items():
            text = text.replace(expression, value)
        assert "${{" not in text
        return text

    return [
        (step["run"], {name: filled(text) for name, text in step["env"].items()})
        for step in steps
        if "run" in step
    ]


def gitlab_steps(schemas: str) -> list[tuple[str, dict[str, str]]]:
    job = yaml_of(GITLAB)["contracts"]
    variables = yaml_of(GITLAB)["variables"] | {"CONTRACTS": schemas, "CONTRACTS_TOOL": str(ROOT)}
    return [(command, variables) for command in job["script"]]


Steps = Callable[[str], list[tuple[str, dict[str, str]]]]
TEMPLATES: list[Steps] = [github_steps, gitlab_steps]


@pytest.fixture(params=["tree", pytest.param("installed", marks=pytest.mark.nightly)])
def tool(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """A folder of programs: the tool of this tree, or an empty environment with pip alone."""
    programs = tmp_path / "environment" / "bin"
    if request.param == "installed":
        subprocess.run([sys.executable, "-m", "venv", str(programs.parent)], check=True)
        return programs
    programs.mkdir(parents=True)
    for name, arguments in (("pip", '-c "" '), ("inventory-contracts", "-m contracts")):
        program = programs / name
        program.write_text(
            f'#!/bin/sh\nPYTHONPATH="{ROOT}" exec "{sys.executable}" {arguments} "$@"\n'
        )
        program.chmod(0o755)
    return programs


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A clone of a repository that holds contracts and nothing else."""
    root = tmp_path / "their repository"
    contracts = root / "contracts"
    contracts.mkdir(parents=True)
    for path in (ROOT / "schemas").glob("*.avsc"):
        shutil.copy(path, contracts)
    shutil.copytree(ROOT / "schemas" / "released", contracts / "released")
    git(root, "init", "--quiet", "--initial-branch=main")
    commit(root)
    git(tmp_path, "clone", "--quiet", "--bare", str(root), "origin.git")
    git(root, "remote", "add", "origin", str(tmp_path / "origin.git"))
    return root


def run(template: Steps, tool: Path, repository: Path) -> subprocess.CompletedProcess[str]:
    """Run the steps one by one, as CI does; return the first that fails, or the last."""
    kept = {name: os.environ[name] for name in os.environ if not name.startswith("PYTHON")}
    for command, variables in template("contracts"):
        done = subprocess.run(
            ["bash", "-e", "-o", "pipefail", "-c", command],
            cwd=repository,
            env={**kept, **variables, "PATH": f"{tool}:{os.environ['PATH']}"},
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            break
    return done


def edit(repository: Path, name: str, old: str, new: str) -> int:
    """Edit the only line of a contract that has a text; return its number."""
    path = repository / "contracts" / name
    lines = path.read_text("utf-8").splitlines(keepends=True)
    (number,) = [n for n, line in enumerate(lines, 1) if old in line]
    lines[number - 1] = lines[number - 1].replace(old, new)
    path.write_text("".join(lines), "utf-8")
    return number


@pytest.mark.parametrize("template", TEMPLATES)
def test_released_contracts_pass(template: Steps, tool: Path, repository: Path) -> None:
    passed = run(template, tool, repository)
    assert passed.returncode == 0, passed.stdout + passed.stderr
    assert "Every contract is released." in passed.stdout


@pytest.mark.parametrize("template", TEMPLATES)
def test_the_first_contracts_of_a_repository_pass(
    template: Steps, tool: Path, repository: Path
) -> None:
    git(repository, "checkout", "--quiet", "--orphan", "first")
    git(repository, "rm", "--quiet", "-r", "--cached", ".")
    git(repository, "commit", "--quiet", "--allow-empty", "--message", "no contracts")
    git(repository, "push", "--quiet", "--force", "origin", "first:main")
    commit(repository)
    passed = run(template, tool, repository)
    assert passed.returncode == 0, passed.stdout + passed.stderr
    assert "Every contract is released." in passed.stdout


@pytest.mark.parametrize("template", TEMPLATES)
def test_a_breaking_change_fails_with_file_line_and_remedy(
    template: Steps, tool: Path, repository: Path
) -> None:
    number = edit(repository, "inventory_level.avsc", '"on_hand", "type": "long"',
                  '"on_hand", "type": "string"')  # fmt: skip
    failed = run(template, tool, repository)
    assert failed.returncode == 1, failed.stdout + failed.stderr
    place = (
        f"file=contracts/inventory_level.avsc,line={number},title=type-changed"
        if template is github_steps
        else f"contracts/inventory_level.avsc:{number}:"
    )
    assert place in failed.stdout
    assert "Keep the type" in failed.stdout
    assert "Traceback" not in failed.stderr


@pytest.mark.parametrize("template", TEMPLATES)
def test_a_change_that_is_not_released_fails(template: Steps, tool: Path, repository: Path) -> None:
    added = '{"name": "note", "type": ["null", "string"], "default": null, "doc": "A note."}'
    edit(repository, "shipment.avsc", '{"name": "sku"', f'{added}, {{"name": "sku"')
    failed = run(template, tool, repository)
    assert failed.returncode == 1, failed.stdout + failed.stderr
    assert "shipment.avsc" in failed.stderr
    assert "contracts release" in failed.stderr


@pytest.mark.parametrize("template", TEMPLATES)
def test_a_released_version_that_was_edited_along_fails(
    template: Steps, tool: Path, repository: Path
) -> None:
    for contract in (repository / "contracts").rglob("transaction*/*.avsc"):
        text = contract.read_text("utf-8")
        contract.write_text(text.replace('"scale": 2', '"scale": 4'), "utf-8")
    commit(repository)
    failed = run(template, tool, repository)
    assert failed.returncode == 1, failed.stdout + failed.stderr
    assert "contracts/released/transaction/1.avsc" in failed.stdout
    assert "released-file-edited" in failed.stdout


@pytest.mark.parametrize("template", TEMPLATES)
def test_a_folder_without_contracts_fails(template: Steps, tool: Path, repository: Path) -> None:
    shutil.rmtree(repository / "contracts")
    assert run(template, tool, repository).returncode == 2


def test_gitlab_gets_a_report_also_of_a_check_that_fails(tool: Path, repository: Path) -> None:
    number = edit(repository, "inventory_level.avsc", '"on_hand", "type": "long"',
                  '"on_hand", "type": "string"')  # fmt: skip
    run(gitlab_steps, tool, repository)
    report = yaml_of(GITLAB)["contracts"]["artifacts"]["reports"]["codequality"]
    findings = json.loads((repository / report).read_text("utf-8"))
    lines = {each["location"]["lines"]["begin"] for each in findings}
    assert number in lines


def test_this_project_uses_the_action_on_its_own_contracts() -> None:
    steps = yaml_of(WORKFLOW)["jobs"]["check"]["steps"]
    assert steps[-1]["uses"] == f"./{ACTION.parent}"
    assert (ROOT / steps[-1]["with"]["schemas"] / "shipment.avsc").exists()
    assert re.search(r"@v\d+$", steps[0]["uses"])
