"""A check compares with something, or says that it does not; its base cannot be edited along."""

import json
import os
import shutil
import subprocess
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from contracts.__main__ import main
from contracts.contract_file import SCHEMAS


def check(schemas: Path, *more: str) -> Result:
    return CliRunner().invoke(main, ["check", "--schemas", str(schemas), *more])


def found_rules(schemas: Path, *more: str) -> set[tuple[str, str]]:
    """Return (file name, rule) of each finding."""
    result = check(schemas, "--format", "json", *more)
    return {(Path(each["file"]).name, each["rule"]) for each in json.loads(result.stdout)}


def git(folder: Path, *arguments: str) -> None:
    identity = ["-c", "user.name=a", "-c", "user.email=a@example.com"]
    environment = {name: value for name, value in os.environ.items() if name[:4] != "GIT_"}
    subprocess.run(
        ["git", *identity, *arguments], cwd=folder, check=True, capture_output=True, env=environment
    )


def commit(schemas: Path) -> None:
    git(schemas, "add", "--all", ".")
    git(schemas, "commit", "--quiet", "--message", "change")


@pytest.fixture
def schemas(tmp_path: Path) -> Path:
    """Two contracts with their released versions, outside a git repository."""
    folder = tmp_path / "schemas"
    for stem in ("shipment", "transaction"):
        shutil.copytree(SCHEMAS / "released" / stem, folder / "released" / stem)
        shutil.copy(SCHEMAS / f"{stem}.avsc", folder)
    return folder


@pytest.fixture
def repository(schemas: Path) -> Path:
    """The two contracts, committed on the branch main; the branch change is checked out."""
    git(schemas, "init", "--quiet", "--initial-branch=main")
    commit(schemas)
    git(schemas, "tag", "v1")
    git(schemas, "checkout", "--quiet", "-b", "change")
    return schemas


def newest(schemas: Path, stem: str) -> Path:
    versions = (schemas / "released" / stem).glob("*.avsc")
    return max(versions, key=lambda path: int(path.stem))


def rescale(path: Path) -> None:
    text = path.read_text("utf-8")
    assert '"scale": 2' in text
    path.write_text(text.replace('"scale": 2', '"scale": 4'), "utf-8")


def edit(path: Path, **changes: Any) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(path.read_text("utf-8"))
    document.update(changes)
    path.write_text(json.dumps(document, indent=1), "utf-8")
    return document


def is_2_and_not_compatible(result: Result, message: str) -> None:
    assert result.exit_code == 2
    assert message in result.stderr
    assert "compatible" not in result.stdout
    assert "Traceback" not in result.stderr


def test_nothing_to_check_is_not_compatible(tmp_path: Path, schemas: Path) -> None:
    (tmp_path / "empty").mkdir()
    for path in (tmp_path / "empty", tmp_path / "wrong", schemas / "shipment.avsc"):
        is_2_and_not_compatible(check(path), f"No contracts in {path}")


def test_no_history_is_not_compatible(schemas: Path) -> None:
    shutil.rmtree(schemas / "released")
    is_2_and_not_compatible(check(schemas), "there is nothing to compare with")


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


def test_a_contract_without_history_is_named(schemas: Path) -> None:
    shutil.rmtree(schemas / "released" / "shipment")
    assert found_rules(schemas) == {("shipment.avsc", "contract-not-released")}
    assert check(schemas).exit_code == 0


def test_a_withdrawn_contract_is_named(schemas: Path) -> None:
    (schemas / "shipment.avsc").unlink()
    result = check(schemas)
    assert result.exit_code == 1
    assert "shipment.avsc:1: contract: breaking contract-withdrawn" in result.stdout


def retake(schemas: Path) -> None:
    """Withdraw the shipments' contract, and give its topic to a new one."""
    (schemas / "shipment.avsc").rename(schemas / "supply.avsc")
    (schemas / "waivers.toml").write_text(
        '[[waiver]]\nrule = "contract-withdrawn"\ncontract = "shipment"\n'
        'reason = "No reader is left."\nexpires = 9999-12-31\n'
    )


def test_a_new_contract_is_compared_with_those_whose_topic_it_takes(schemas: Path) -> None:
    retake(schemas)
    result = check(schemas)
    assert result.exit_code == 0
    assert "the contract of the topic shipments, which supply.avsc has now" in result.stdout
    fields = edit(schemas / "supply.avsc")["fields"]
    for each in fields:
        if each["name"] == "quantity":
            each["type"] = "long"
    edit(schemas / "supply.avsc", fields=fields)
    assert ("supply.avsc", "number-widened") in found_rules(schemas)
    refused = CliRunner().invoke(main, ["release", "--schemas", str(schemas)])
    assert refused.exit_code == 1
    assert "(released/shipment/2.avsc reads records of supply.avsc)" in refused.output


def test_a_topic_that_a_contract_had_before_is_compared_too(schemas: Path) -> None:
    document = edit(schemas / "shipment.avsc")
    edit(schemas / "shipment.avsc", topic=document["topic"] | {"name": "shipments-2"})
    edit(schemas / "transaction.avsc", topic=document["topic"])
    rules = found_rules(schemas)
    assert ("shipment.avsc", "topic-renamed") in rules
    assert ("transaction.avsc", "name-changed") in rules


def test_an_invalid_contract_does_not_hide_the_findings_of_the_others(schemas: Path) -> None:
    (schemas / "shipment.avsc").write_text('{"type": "record",\n"name":: 3}')
    rescale(schemas / "transaction.avsc")
    result = check(schemas)
    assert result.exit_code == 2
    assert "breaking decimal-scale" in result.stdout
    assert result.stderr.startswith("Error: shipment.avsc: not readable as JSON")
    assert found_rules(schemas) >= {
        ("shipment.avsc", "invalid-contract"),
        ("transaction.avsc", "decimal-scale"),
    }


def test_a_statement_of_an_invalid_contract_is_no_further_finding(
    schemas: Path, tmp_path: Path
) -> None:
    shutil.copytree(SCHEMAS.parent / "flink" / "sql", tmp_path / "flink" / "sql")
    for path in SCHEMAS.glob("*.avsc"):
        shutil.copy(path, schemas)
    (schemas / "shipment.avsc").write_text("{}", "utf-8")
    assert {each for each in found_rules(schemas) if each[1] != "contract-not-released"} == {
        ("shipment.avsc", "invalid-contract")
    }
    for path in schemas.glob("*.avsc"):
        path.write_text("{}", "utf-8")
    result = check(schemas)
    assert result.exit_code == 2
    assert len(result.stderr.splitlines()) == len(list(schemas.glob("*.avsc")))


def test_every_invalid_contract_is_named(schemas: Path) -> None:
    (schemas / "shipment.avsc").write_text("{}", "utf-8")
    edit(schemas / "transaction.avsc", owner="")
    errors = check(schemas).stderr.splitlines()
    assert [error.split(":")[1] for error in errors] == [" shipment.avsc", " transaction.avsc"]


def test_an_invalid_released_version_does_not_hide_the_others(schemas: Path) -> None:
    newest(schemas, "shipment").write_text("{}", "utf-8")
    rescale(schemas / "transaction.avsc")
    result = check(schemas)
    assert result.exit_code == 2
    assert "breaking decimal-scale" in result.stdout
    assert "released/shipment/" in result.stderr


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


CONSUMER = """\
team = "finance"
contact = "finance@example.org"
contract = "shipment"
fields = ["supplier_id", "quantity"]
since = 2026-03-01
"""


@pytest.fixture
def project(schemas: Path, tmp_path: Path) -> Path:
    """The repository of a project with a declared consumer; its contracts are in schemas/."""
    (tmp_path / "consumers").mkdir()
    (tmp_path / "consumers" / "finance.toml").write_text(CONSUMER, "utf-8")
    document = edit(schemas / "shipment.avsc")
    document["fields"].append(
        {"name": "supplier_id", "type": ["null", "string"], "default": None, "doc": "Supplier."}
    )
    edit(schemas / "shipment.avsc", fields=document["fields"])
    assert CliRunner().invoke(main, ["release", "--schemas", str(schemas)]).exit_code == 0
    git(tmp_path, "init", "--quiet", "--initial-branch=main")
    commit(tmp_path)
    git(tmp_path, "checkout", "--quiet", "-b", "change")
    return tmp_path


def remove_supplier(schemas: Path) -> None:
    document = edit(schemas / "shipment.avsc")
    edit(schemas / "shipment.avsc", fields=document["fields"][:-1])


def declared(text: str | None, project: Path) -> None:
    file = project / "consumers" / "finance.toml"
    file.unlink() if text is None else file.write_text(text, "utf-8")


REDUCED = {
    "deleted": None,
    "reduced": CONSUMER.replace('"supplier_id", ', ""),
    "moved": CONSUMER.replace('"shipment"', '"transaction"').replace("supplier_id", "sku"),
}


@pytest.mark.parametrize("how", REDUCED)
@pytest.mark.parametrize("committed", [False, True])
def test_a_consumer_of_the_base_is_hurt_by_a_field_that_goes_with_its_declaration(
    how: str, committed: bool, project: Path
) -> None:
    remove_supplier(project / "schemas")
    declared(REDUCED[how], project)
    against = ["--against", "main"] if committed else []
    if committed:
        commit(project)
    assert ("shipment.avsc", "consumer-lacks-field") in found_rules(project / "schemas", *against)
    result = check(project / "schemas", *against)
    assert result.exit_code == 1
    base = "main" if committed else "HEAD"
    assert (
        f"finance (finance@example.org), since 2026-03-01 by {base} reads supplier_id, which "
        "shipment does not have" in result.stdout
    )


def test_a_consumer_of_a_base_folder_and_of_a_withdrawn_contract_is_named(
    project: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    old = tmp_path_factory.mktemp("old") / "project"
    shutil.copytree(project, old)
    declared(None, project)
    (project / "schemas" / "shipment.avsc").unlink()
    commit(project)
    result = check(project / "schemas", "--against", str(old / "schemas"))
    assert "breaking contract-withdrawn" in result.stdout
    assert f"finance (finance@example.org), since 2026-03-01 by {old / 'schemas'}" in result.stdout


def test_a_declaration_may_end_before_its_field_and_lose_one_that_never_was(project: Path) -> None:
    schemas = project / "schemas"
    declared(CONSUMER.replace("supplier_id", "supplyer_id"), project)
    assert ("finance.toml", "consumer-lacks-field") in found_rules(schemas)
    commit(project)
    declared(CONSUMER.replace("supplier_id", "sku"), project)
    assert found_rules(schemas) == set()
    commit(project)
    remove_supplier(schemas)
    assert found_rules(schemas) == {("shipment.avsc", "field-ignored")}


def test_a_consumer_in_a_renamed_file_is_the_same(project: Path) -> None:
    remove_supplier(project / "schemas")
    file = project / "consumers" / "finance.toml"
    file.rename(file.with_name("accounts.toml"))
    rules = found_rules(project / "schemas")
    assert ("accounts.toml", "consumer-lacks-field") in rules
    assert ("shipment.avsc", "consumer-lacks-field") not in rules


def test_a_compatible_change_passes_and_names_its_base(repository: Path) -> None:
    result = check(repository, "--against", "main")
    assert result.exit_code == 0
    expected = "2 contracts are compatible with every released version and with main.\n"
    assert result.stdout == expected


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


def test_consumers_of_a_folder_that_was_moved_are_those_that_were_beside_it(project: Path) -> None:
    (project / "data").mkdir()
    git(project, "mv", "schemas", "data/schemas")
    declared(None, project)
    remove_supplier(project / "data" / "schemas")
    assert ("shipment.avsc", "consumer-lacks-field") in found_rules(project / "data" / "schemas")


def test_a_folder_that_was_moved_with_all_contracts_renamed_is_compared(repository: Path) -> None:
    first = move(repository, ".", "schemas")
    git(repository, "commit", "--quiet", "--message", "moved")
    other = move(repository, "schemas", "other")
    first.rmdir()
    for stem in ("shipment", "transaction"):
        (other / f"{stem}.avsc").rename(other / f"new_{stem}.avsc")
        (other / "released" / stem).rename(other / "released" / f"new_{stem}")
    assert ("transaction.avsc", "contract-withdrawn") in found_rules(other)


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


def test_contracts_of_the_same_names_in_a_second_folder_are_no_base(repository: Path) -> None:
    move(repository, ".", "schemas")
    git(repository, "commit", "--quiet", "--message", "moved")
    shutil.copytree(repository / "schemas", repository / "second")
    result = check(repository / "second")
    assert result.exit_code == 0
    assert "HEAD" not in result.stdout


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


def test_in_a_hook_the_variables_of_git_do_not_mislead(
    repository: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GIT_DIR", ".git")
    monkeypatch.setenv("GIT_INDEX_FILE", ".git/index")
    newest(repository, "shipment").unlink()
    assert "released-file-deleted" in {rule for _, rule in found_rules(repository)}


class Registry(BaseHTTPRequestHandler):
    """Answers of a registry, by path; unknown subjects have its own error code."""

    answers: dict[str, Any]

    def do_GET(self) -> None:
        answer = self.answers.get(self.path.partition("?")[0])
        code = 404 if answer is None else 200
        body = json.dumps(answer or {"error_code": 40401, "message": "no such subject"}).encode()
        self.send_response(code)
        self.send_header("Content-Type", "application/vnd.schemaregistry.v1+json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def registry(monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[str, dict[str, Any]]]:
    """The URL of a registry, and its answers."""
    answers: dict[str, Any] = {"/subjects": []}
    monkeypatch.setattr(Registry, "answers", answers, raising=False)
    server = ThreadingHTTPServer(("127.0.0.1", 0), Registry)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}", answers
    server.shutdown()
    server.server_close()


@pytest.mark.parametrize("prefix", ["", "test-"])
def test_a_registry_is_a_base(
    prefix: str,
    schemas: Path,
    registry: tuple[str, dict[str, Any]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("INVENTORY_PREFIX", prefix)
    url, answers = registry
    registered = json.loads((schemas / "transaction.avsc").read_text("utf-8"))
    registered["fields"].append({"name": "basket", "type": "int", "default": 0, "doc": "Basket."})
    subject = f"/subjects/{prefix}transactions-value/versions"
    answers[subject] = [1]
    answers[f"{subject}/1"] = {
        "subject": f"{prefix}transactions-value",
        "id": 7,
        "version": 1,
        "schema": json.dumps(registered),
    }
    answers[f"/config/{prefix}transactions-value"] = {"compatibilityLevel": "FULL"}
    document = edit(schemas / "transaction.avsc")
    changed = {"name": "basket", "type": "string", "default": "", "doc": "Basket."}
    edit(schemas / "transaction.avsc", fields=[*document["fields"], changed])
    result = check(schemas, "--against", url)
    assert result.exit_code == 1, result.output
    assert "breaking type-changed at /fields/basket" in result.stdout
    assert (
        f"transaction.avsc reads records of {prefix}transactions-value version 1" in result.stdout
    )


def test_a_registry_without_these_contracts_exits_with_2(
    schemas: Path, registry: tuple[str, dict[str, Any]]
) -> None:
    is_2_and_not_compatible(
        check(schemas, "--against", registry[0]), "it has no version of these contracts"
    )


def test_a_registry_that_does_not_answer_exits_with_2(schemas: Path) -> None:
    result = check(schemas, "--against", "http://127.0.0.1:9")
    is_2_and_not_compatible(result, "No Schema Registry answers at http://127.0.0.1:9")


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


@pytest.mark.parametrize("lost", ["HEAD:released/shipment/1.avsc", "HEAD:", "HEAD^{tree}"])
def test_a_repository_that_lacks_files_of_the_base_is_no_base(lost: str, repository: Path) -> None:
    name = subprocess.run(
        ["git", "rev-parse", lost], cwd=repository, check=True, capture_output=True, text=True
    ).stdout.strip()
    (repository / ".git" / "objects" / name[:2] / name[2:]).unlink()
    for against in ([], ["--against", "main"]):
        is_2_and_not_compatible(check(repository, *against), "lacks files of this commit")


def test_an_empty_base_is_no_folder(schemas: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As of a variable that a workflow does not set."""
    monkeypatch.chdir(schemas)
    is_2_and_not_compatible(check(schemas, "--against", ""), "--against is empty: expected a git")


def test_a_link_in_the_base_is_no_version(repository: Path) -> None:
    (repository / "released" / "shipment" / "9.avsc").symlink_to("/nowhere")
    commit(repository)
    (repository / "released" / "shipment" / "9.avsc").unlink()
    assert check(repository).exit_code == 0


@pytest.mark.parametrize("name", ["shipment/x/9.avsc", "9.avsc", "shipment/9.AVSC"])
def test_a_version_that_would_not_be_read_is_named(schemas: Path, name: str) -> None:
    target = schemas / "released" / name
    target.parent.mkdir(exist_ok=True)
    shutil.copy(schemas / "shipment.avsc", target)
    is_2_and_not_compatible(check(schemas), "not read as a version: expected released/<name>/<num")


@pytest.mark.parametrize("name", ["02", "0", "\u0663", "1" * 200])
def test_a_file_that_is_no_version_number_is_named(schemas: Path, name: str) -> None:
    released = schemas / "released" / "shipment"
    shutil.copy(released / "1.avsc", released / f"{name}.avsc")
    result = check(schemas)
    assert result.exit_code == 2
    assert "expected a version number as the file name" in result.output
