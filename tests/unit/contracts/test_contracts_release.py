"""A release adds whole versions and their entries, whatever was there and whenever it stops."""

import json
import os
import shutil
from collections.abc import Callable
from datetime import date
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from connect import atomic_write
from connect.errors import UserError
from contracts import changelog, release
from contracts.__main__ import main
from contracts.contract_file import SCHEMAS, load_all
from tests.support.contract_sandbox import ContractSandbox, field

DAY = date(2026, 3, 1)


@pytest.fixture
def one(tmp_path: Path) -> ContractSandbox:
    contract = ContractSandbox(tmp_path)
    contract.release()
    return contract


def released(one: ContractSandbox) -> Path:
    return one.folder / "released"


def log(one: ContractSandbox) -> str:
    return changelog.path(released(one)).read_text("utf-8")


def titles(text: str) -> list[str]:
    return [line.removeprefix("## ") for line in text.splitlines() if line.startswith("## ")]


def publish(one: ContractSandbox) -> list[str]:
    return release.release(load_all(one.folder), released(one), DAY)


def add(one: ContractSandbox, name: str) -> None:
    one.edit(field(name, ["null", "string"], default=None))


def tree(folder: Path) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_an_entry_says_date_field_severity_and_rule_newest_first(one: ContractSandbox) -> None:
    add(one, "basket")
    assert publish(one) == ["transaction version 2"]
    add(one, "coupon")
    publish(one)
    assert [title.split(" (")[0] for title in titles(log(one))] == [
        "transaction 3",
        "transaction 2",
        "transaction 1",
    ]
    newest = log(one).split("## ")[1]
    assert newest.startswith("transaction 3 (2026-03-01)\n")
    assert "- `coupon`: safe `field-defaulted`, 3 reads 2: " in newest
    assert "no field coupon: the default null is used." in newest
    assert "basket" not in newest


def test_a_harm_is_logged_with_who_reads_whom(one: ContractSandbox) -> None:
    one.edit(lambda document: document["fields"].pop(4))
    publish(one)
    newest = log(one).split("## ")[1]
    assert "- `terminal_id`: breaking `default-missing`, 1 reads 2: " in newest


def test_released_twice_nothing_changes(one: ContractSandbox) -> None:
    add(one, "basket")
    publish(one)
    before = tree(one.folder)
    assert publish(one) == []
    assert tree(one.folder) == before


def test_the_next_number_follows_the_highest_and_overwrites_nothing(one: ContractSandbox) -> None:
    versions = released(one) / "transaction"
    add(one, "basket")
    publish(one)
    (versions / "2.avsc").rename(versions / "10.avsc")
    changelog.path(released(one)).unlink()
    kept = (versions / "10.avsc").read_bytes()
    add(one, "coupon")
    assert publish(one) == ["transaction version 11"]
    assert (versions / "10.avsc").read_bytes() == kept
    assert titles(log(one)) == ["transaction 11 (2026-03-01)", "transaction 10", "transaction 1"]


@pytest.mark.parametrize("stop_at", range(4))
def test_stopped_at_any_write_and_run_again_nothing_is_missing_or_torn(
    stop_at: int, one: ContractSandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    add(one, "basket")
    before = tree(released(one))
    writes = count()

    def stopping(write: Callable[..., object]) -> Callable[..., object]:
        def stopped(*arguments: object) -> object:
            if next(writes) == stop_at:
                raise KeyboardInterrupt
            return write(*arguments)

        return stopped

    with monkeypatch.context() as patched:
        patched.setattr(os, "fsync", stopping(os.fsync))
        patched.setattr(Path, "replace", stopping(Path.replace))
        with pytest.raises(KeyboardInterrupt):
            publish(one)
    whole = {path: text for path, text in tree(released(one)).items() if not path.endswith(".new")}
    added = {path for path in whole if path.endswith("/2.avsc")}
    assert {path: text for path, text in whole.items() if path not in added} == before
    assert all(whole[path] == one.path.read_bytes() for path in added)
    publish(one)
    assert (released(one) / "transaction" / "2.avsc").read_bytes() == one.path.read_bytes()
    assert [title.split(" (")[0] for title in titles(log(one))] == [
        "transaction 2",
        "transaction 1",
    ]
    assert log(one).count("`basket`") == 1
    assert publish(one) == []


def test_what_somebody_wrote_into_the_log_stays(one: ContractSandbox) -> None:
    path = changelog.path(released(one))
    path.write_text(log(one).replace("First version", "The very first version"), "utf-8")
    add(one, "basket")
    publish(one)
    assert "The very first version" in log(one)
    assert titles(log(one))[0] == "transaction 2 (2026-03-01)"
    assert len(titles(log(one))) == 2


def test_an_invalid_version_stops_it_before_anything_is_written(one: ContractSandbox) -> None:
    (released(one) / "transaction" / "new.avsc").write_text("{}")
    add(one, "basket")
    before = tree(one.folder)
    with pytest.raises(UserError, match=r"released/transaction/new\.avsc"):
        publish(one)
    assert tree(one.folder) == before


def test_what_breaks_is_not_released(tmp_path: Path) -> None:
    shutil.copytree(SCHEMAS, tmp_path / "s", ignore=shutil.ignore_patterns("*.py", "gen*"))
    path = tmp_path / "s" / "transaction.avsc"
    document = json.loads(path.read_text("utf-8"))
    document["fields"].append({"name": "pallet", "type": "string", "doc": "Pallet."})
    path.write_text(json.dumps(document), "utf-8")
    files = {each: each.read_bytes() for each in tmp_path.rglob("*") if each.is_file()}
    result = CliRunner().invoke(main, ["release", "--schemas", str(tmp_path / "s")])
    assert result.exit_code == 1
    assert "transaction.avsc: value /fields/pallet: default-missing" in result.output
    assert files == {each: each.read_bytes() for each in tmp_path.rglob("*") if each.is_file()}


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A copy of the contracts, statements and definitions of the events."""
    for name in ("schemas", "flink/sql", "audit"):
        ignored = shutil.ignore_patterns("__pycache__", *(["*.py"] if name == "schemas" else []))
        shutil.copytree(SCHEMAS.parent / name, tmp_path / name, ignore=ignored)
    return tmp_path


def edit(project: Path, stem: str, change: Callable[[Any], object]) -> None:
    path = project / "schemas" / f"{stem}.avsc"
    document = json.loads(path.read_text("utf-8"))
    change(document)
    path.write_text(json.dumps(document), "utf-8")


def declare(project: Path, **changes: str) -> None:
    declaration = {"contract": "product", "field": "lead_time"} | changes
    (project / "consumers").mkdir(exist_ok=True)
    (project / "consumers" / "a.toml").write_text(
        f'team = "buyers"\ncontact = "a@example.org"\ncontract = "{declaration["contract"]}"\n'
        f'fields = ["{declaration["field"]}"]\nsince = 2026-03-01\n'
    )


NOTE = {"name": "note", "type": ["null", "string"], "default": None, "doc": "A note."}
REFUSED: dict[str, tuple[str, Callable[[Path], object]]] = {
    "an INSERT that lacks the new column": (
        "insert-lacks-column",
        lambda project: edit(project, "open_order", lambda each: each["fields"].append(NOTE)),
    ),
    "a consumer of a field that is not there": (
        "consumer-lacks-field",
        lambda project: declare(project, field="lead"),
    ),
    "a waiver that has ended": (
        "waiver-expired",
        lambda project: (project / "schemas" / "waivers.toml").write_text(
            '[[waiver]]\nrule = "doc-changed"\ncontract = "product"\nreason = "A."\n'
            "expires = 2020-01-01\n"
        ),
    ),
}


@pytest.mark.parametrize("edited", REFUSED)
@pytest.mark.parametrize("more", [[], ["--check"]])
def test_what_check_refuses_is_not_released(edited: str, more: list[str], project: Path) -> None:
    rule, change = REFUSED[edited]
    change(project)
    arguments = ["--schemas", str(project / "schemas")]
    checked = CliRunner().invoke(main, ["check", *arguments])
    assert (checked.exit_code, rule in checked.output) == (1, True), checked.output
    before = tree(project)
    result = CliRunner().invoke(main, ["release", *arguments, *more])
    assert (result.exit_code, rule in result.output) == (1, True), result.output
    assert tree(project) == before


def test_what_a_base_refuses_is_not_released_but_with_a_waiver(
    project: Path, tmp_path: Path
) -> None:
    shutil.copytree(project / "schemas", tmp_path / "base" / "schemas")
    versions = (project / "schemas" / "released" / "product").iterdir()
    newest = max(versions, key=lambda path: int(path.stem))
    for path in (newest, project / "schemas" / "product.avsc"):
        path.write_text(path.read_text("utf-8").replace('"maximum": 1000', '"maximum": 900'))
    arguments = ["release", "--schemas", str(project / "schemas"),
                 "--against", str(tmp_path / "base" / "schemas")]  # fmt: skip
    result = CliRunner().invoke(main, arguments)
    assert result.exit_code == 1
    assert "released-file-edited" in result.output
    (project / "schemas" / "waivers.toml").write_text(
        "".join(
            f'[[waiver]]\nrule = "{rule}"\ncontract = "product"\n{field}reason = "A person '
            'decided it."\nexpires = 9999-12-31\n'
            for rule, field in (
                ("released-file-edited", ""),
                ("limit-tightened", 'field = "reorder_point"\n'),
                ("limit-tightened", 'field = "order_up_to"\n'),
            )
        )
    )
    accepted = CliRunner().invoke(main, arguments)
    assert accepted.exit_code == 0, accepted.output


def test_invalid_contracts_release_nothing_with_exit_code_2(project: Path) -> None:
    (project / "schemas" / "store.avsc").write_text("{}", "utf-8")
    result = CliRunner().invoke(main, ["release", "--schemas", str(project / "schemas")])
    assert result.exit_code == 2
    assert "store.avsc: expected an Avro record" in result.output


def test_every_version_of_this_tree_has_its_entry_once() -> None:
    versions = (path for path in (SCHEMAS / "released").glob("*/*.avsc"))
    logged = titles(changelog.path(SCHEMAS / "released").read_text("utf-8"))
    assert sorted(title.split(" (")[0] for title in logged) == sorted(
        f"{path.parent.name} {path.stem}" for path in versions
    )


def test_a_file_that_cannot_be_renamed_leaves_the_old_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "log.md"
    path.write_text("old")

    def full(*_: object) -> None:
        raise OSError("disk full")

    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(OSError, match="disk full"):
        atomic_write.write_atomically(path, b"new")
    assert path.read_text() == "old"
