"""A folder of contracts that was moved in its repository is compared with where it was."""

import shutil
from pathlib import Path

import pytest

from tests.support.checked_contracts import check, found_rules, newest, rescale
from tests.support.git_repository import git


def move(repository: Path, old: str, new: str) -> Path:
    """Move the contracts to another folder of the repository; return it."""
    (repository / new).mkdir()
    for path in list((repository / old).iterdir()):
        if path.name not in (".git", new):
            git(repository, "mv", str(path.relative_to(repository)), new)
    return repository / new


@pytest.mark.parametrize("against", [[], ["--against", "main"]])
def test_a_folder_that_was_moved_is_compared_with_where_it_was(
    repository: Path, against: list[str]
) -> None:
    first = move(repository, ".", "schemas")
    base = against[-1] if against else "HEAD"
    assert check(first, *against).stdout.endswith(f" and with {base}:.\n")
    git(repository, "commit", "--quiet", "--message", "moved")
    git(repository, "branch", "--force", "main")
    other = move(repository, "schemas", "other")
    first.rmdir()
    assert check(other, *against).stdout.endswith(f" and with {base}:schemas.\n")
    for path in [other / "transaction.avsc", *(other / "released" / "transaction").glob("*.avsc")]:
        rescale(path)
    assert {
        ("transaction.avsc", "decimal-scale"),
        (newest(other, "transaction").name, "released-file-edited"),
    } <= found_rules(other, *against)


def test_a_folder_that_was_moved_with_all_contracts_renamed_is_compared(repository: Path) -> None:
    first = move(repository, ".", "schemas")
    git(repository, "commit", "--quiet", "--message", "moved")
    other = move(repository, "schemas", "other")
    first.rmdir()
    for stem in ("shipment", "transaction"):
        (other / f"{stem}.avsc").rename(other / f"new_{stem}.avsc")
        (other / "released" / stem).rename(other / "released" / f"new_{stem}")
    assert ("transaction.avsc", "contract-withdrawn") in found_rules(other)


def test_contracts_of_the_same_names_in_a_second_folder_are_no_base(repository: Path) -> None:
    move(repository, ".", "schemas")
    git(repository, "commit", "--quiet", "--message", "moved")
    shutil.copytree(repository / "schemas", repository / "second")
    result = check(repository / "second")
    assert result.exit_code == 0
    assert "HEAD" not in result.stdout
