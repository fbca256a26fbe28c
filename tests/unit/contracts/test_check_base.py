"""A check compares with something, or says that it does not."""

import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner

from contracts.__main__ import main
from tests.support.checked_contracts import (
    check,
    edit,
    found_rules,
    is_2_and_not_compatible,
    newest,
    rescale,
)
from tests.support.git_repository import commit, git


def test_no_history_is_not_compatible(schemas: Path) -> None:
    shutil.rmtree(schemas / "released")
    is_2_and_not_compatible(check(schemas), "there is nothing to compare with")


def test_a_version_that_only_the_base_has_is_compared(repository: Path) -> None:
    git(repository, "checkout", "--quiet", "main")
    document = edit(repository / "transaction.avsc")
    document["fields"].append(
        {"name": "basket", "type": ["null", "string"], "default": None, "doc": "Basket."}
    )
    edit(repository / "transaction.avsc", fields=document["fields"])
    number = int(newest(repository, "transaction").stem) + 1
    shutil.copy(
        repository / "transaction.avsc", repository / "released" / "transaction" / f"{number}.avsc"
    )
    commit(repository)
    git(repository, "checkout", "--quiet", "change")
    document["fields"][-1].update(type=["null", "int"])
    edit(repository / "transaction.avsc", fields=document["fields"])
    rules = found_rules(repository, "--against", "main")
    assert {
        ("transaction.avsc", "type-changed"),
        (f"{number}.avsc", "released-file-deleted"),
    } <= rules
    assert "merge the base" in check(repository, "--against", "main").stdout


def test_the_level_of_the_base_guards_a_change_that_lowers_it(repository: Path) -> None:
    path = repository / "shipment.avsc"
    document = edit(path)
    assert document["compatibility"] == "FULL_TRANSITIVE"
    fields = [each for each in document["fields"] if each["name"] != "quantity"]
    edit(path, compatibility="BACKWARD", fields=fields)
    number = int(newest(repository, "shipment").stem) + 1
    shutil.copy(path, repository / "released" / "shipment" / f"{number}.avsc")
    commit(repository)
    assert ("shipment.avsc", "default-missing") in found_rules(repository, "--against", "main")


def test_a_folder_is_a_base(repository: Path, tmp_path: Path) -> None:
    shutil.copytree(repository, tmp_path / "old")
    rescale(repository / "transaction.avsc")
    for path in (repository / "released" / "transaction").glob("*.avsc"):
        rescale(path)
    commit(repository)
    rules = found_rules(repository, "--against", str(tmp_path / "old"))
    assert ("transaction.avsc", "decimal-scale") in rules
    assert (newest(repository, "transaction").name, "released-file-edited") in rules


@pytest.mark.parametrize("way", ["the folder", "a link", "a link to released/"])
def test_contracts_are_not_compared_with_themselves(way: str, schemas: Path) -> None:
    base = schemas.parent / "base"
    if way == "the folder":
        base = schemas
    elif way == "a link":
        base.symlink_to(schemas)
    else:
        base.mkdir()
        (base / "released").symlink_to(schemas / "released")
    message = f"--against {base}: the contracts would be compared with themselves"
    is_2_and_not_compatible(check(schemas, "--against", str(base)), message)
    for command in ("check", "release"):
        ran = CliRunner().invoke(
            main, [command, "--schemas", str(schemas), "--against", f"{base}/../{base.name}"]
        )
        assert ran.exit_code == 2, ran.output


def test_a_compatible_change_passes_and_names_its_base(repository: Path) -> None:
    result = check(repository, "--against", "main")
    assert result.exit_code == 0
    expected = "2 contracts are compatible with every released version and with main.\n"
    assert result.stdout == expected


def test_the_first_contracts_of_a_repository_pass_and_have_no_base(
    schemas: Path, tmp_path: Path
) -> None:
    git(tmp_path, "init", "--quiet", "--initial-branch=main")
    git(tmp_path, "commit", "--quiet", "--allow-empty", "--message", "no contracts")
    git(tmp_path, "checkout", "--quiet", "-b", "change")
    commit(schemas)
    result = check(schemas, "--against", "main")
    assert result.exit_code == 0
    assert result.stdout.endswith("released version; main has none to compare them with.\n")


def test_a_check_without_a_base_says_so(schemas: Path) -> None:
    for _ in ("without git", "without a commit"):
        result = check(schemas)
        assert result.exit_code == 0
        assert "released version; the last commit has none to compare them with.\n" in result.stdout
        git(schemas, "init", "--quiet")


@pytest.mark.parametrize("base", ["no-such-branch", "--output=x", "main:schemas"])
def test_a_base_that_is_not_there_exits_with_2(base: str, repository: Path) -> None:
    message = f"--against {base}: neither a folder nor a ref"
    is_2_and_not_compatible(check(repository, f"--against={base}"), message)


def test_a_base_without_released_versions_exits_with_2(repository: Path, tmp_path: Path) -> None:
    is_2_and_not_compatible(
        check(repository, "--against", str(tmp_path)), "it has no released versions"
    )
    git(repository, "checkout", "--quiet", "--orphan", "bare")
    git(repository, "rm", "--quiet", "-r", "--cached", "released")
    git(repository, "commit", "--quiet", "--message", "contracts only")
    is_2_and_not_compatible(check(repository, "--against", "bare"), "it has no released versions")


def test_an_invalid_version_of_the_base_exits_with_2_and_names_it(repository: Path) -> None:
    file = newest(repository, "shipment")
    sound = file.read_bytes()
    file.write_text("{}", "utf-8")
    commit(repository)
    git(repository, "tag", "broken")
    file.write_bytes(sound)
    commit(repository)
    rescale(repository / "transaction.avsc")
    result = check(repository, "--against", "broken")
    is_2_and_not_compatible(result, f"released/shipment/{file.name}: in broken: expected")
    assert "decimal-scale" in result.stdout


@pytest.mark.parametrize("lost", ["HEAD:released/shipment/1.avsc", "HEAD:", "HEAD^{tree}"])
def test_a_repository_that_lacks_files_of_the_base_is_no_base(lost: str, repository: Path) -> None:
    name = git(repository, "rev-parse", lost).strip()
    (repository / ".git" / "objects" / name[:2] / name[2:]).unlink()
    for against in ([], ["--against", "main"]):
        is_2_and_not_compatible(check(repository, *against), "lacks files of this commit")


def test_an_empty_base_is_no_folder(schemas: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As of a variable that a workflow does not set."""
    monkeypatch.chdir(schemas)
    is_2_and_not_compatible(check(schemas, "--against", ""), "--against is empty: expected a git")
