"""A released version that is edited, deleted or undone is named by a base that stays as it was."""

import json
import shutil
from pathlib import Path

import pytest

from tests.support.checked_contracts import (
    check,
    edit,
    found_rules,
    is_2_and_not_compatible,
    newest,
    rescale,
)
from tests.support.git_repository import commit


def test_an_edited_released_version_is_named_and_does_not_hide_the_change(repository: Path) -> None:
    rescale(repository / "transaction.avsc")
    for path in (repository / "released" / "transaction").glob("*.avsc"):
        rescale(path)
    expected = {
        (newest(repository, "transaction").name, "released-file-edited"),
        ("transaction.avsc", "decimal-scale"),
    }
    assert expected <= found_rules(repository)
    commit(repository)
    assert found_rules(repository) == set()
    for base in ("main", "v1", "change~1"):
        assert expected <= found_rules(repository, "--against", base)
        assert check(repository, "--against", base).exit_code == 1


def test_a_deleted_released_version_is_named(repository: Path) -> None:
    file = newest(repository, "shipment")
    file.unlink()
    assert (file.name, "released-file-deleted") in found_rules(repository)
    commit(repository)
    shutil.rmtree(repository / "released" / "shipment")
    (repository / "shipment.avsc").unlink()
    commit(repository)
    assert found_rules(repository) == set()
    assert found_rules(repository, "--against", "main") >= {
        ("shipment.avsc", "contract-withdrawn"),
        (file.name, "released-file-deleted"),
    }


def test_a_base_that_was_edited_alike_is_no_base(repository: Path, tmp_path: Path) -> None:
    old = tmp_path / "old"
    shutil.copytree(repository, old)
    for folder in (repository, old):
        rescale(newest(folder, "transaction"))
    rescale(repository / "transaction.avsc")
    name = newest(old, "transaction").name
    is_2_and_not_compatible(
        check(repository, "--against", str(old)),
        f"--against {old}: released/transaction/{name} is not as in the last commit",
    )


def test_a_released_file_edited_beside_its_copy_is_named_by_the_last_commit(
    repository: Path, tmp_path: Path
) -> None:
    for path in (repository / "transaction.avsc", newest(repository, "transaction")):
        rescale(path)
    shutil.copytree(repository, tmp_path / "copy", ignore=shutil.ignore_patterns(".git"))
    file = newest(repository, "transaction").name
    against = str(tmp_path / "copy")
    assert (file, "released-file-edited") in found_rules(repository, "--against", against)
    assert f"{file} differs from HEAD" in check(repository, "--against", against).stdout


def test_an_undone_successor_is_named_until_that_is_committed(repository: Path) -> None:
    successor = edit(repository / "transaction.avsc")
    del successor["flink"]
    topic = successor["topic"] | {"name": "transactions-v2"}
    successor |= {"name": "TransactionV2", "succeeds": "transaction", "topic": topic}
    path = repository / "transaction_v2.avsc"
    path.write_text(json.dumps(successor), "utf-8")
    shutil.copytree(repository / "released" / "transaction", repository / "released" / path.stem)
    for version in (repository / "released" / path.stem).glob("*.avsc"):
        version.write_bytes(path.read_bytes())
    commit(repository)
    assert not found_rules(repository)
    path.unlink()
    undone = {("transaction_v2.avsc", "successor-undone")}
    assert found_rules(repository) == undone
    commit(repository)
    assert not found_rules(repository)
    assert found_rules(repository, "--against", "HEAD~1") == undone


def test_attributes_of_git_hide_no_released_version(repository: Path) -> None:
    """Git's archives omit files with the attribute export-ignore."""
    (repository / ".gitattributes").write_text("/released/** export-ignore\n")
    commit(repository)
    file = newest(repository, "transaction")
    rescale(file)
    assert (file.name, "released-file-edited") in found_rules(repository)


def test_other_ends_of_lines_are_no_other_version(repository: Path) -> None:
    """As Git for Windows checks files out."""
    for file in repository.rglob("*.avsc"):
        file.write_bytes(file.read_bytes().replace(b"\n", b"\r\n"))
    assert check(repository).exit_code == 0
    rescale(newest(repository, "transaction"))
    assert "released-file-edited" in {rule for _, rule in found_rules(repository)}


def test_a_link_in_the_base_is_no_version(repository: Path) -> None:
    (repository / "released" / "shipment" / "9.avsc").symlink_to("/nowhere")
    commit(repository)
    (repository / "released" / "shipment" / "9.avsc").unlink()
    assert check(repository).exit_code == 0


def test_in_a_hook_the_variables_of_git_do_not_mislead(
    repository: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GIT_DIR", ".git")
    monkeypatch.setenv("GIT_INDEX_FILE", ".git/index")
    newest(repository, "shipment").unlink()
    assert "released-file-deleted" in {rule for _, rule in found_rules(repository)}
