"""`check` names, offline and with its line, what ends a converter or keeps it from starting."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from contracts.__main__ import main
from tests.support.contract_sandbox import ContractSandbox

OLD = "transaction_v2_to_transaction.sql"
NEW = "transaction_to_transaction_v2.sql"


def run(project: Path, command: str, *more: str) -> Result:
    return CliRunner().invoke(main, [command, *more, "--schemas", str(project / "schemas")])


def findings(project: Path) -> list[tuple[str, str, int, str]]:
    """Return (file, rule, line, sentence) of each harmful finding."""
    result = run(project, "check", "--format", "json")
    assert result.exit_code in (0, 1), result.output
    return [
        (Path(each["file"]).name, each["rule"], each["line"], each["what"])
        for each in json.loads(result.stdout)
        if each["severity"] != "safe"
    ]


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project whose transaction has a successor: sku is a number, terminal_id is gone."""
    (tmp_path / "schemas").mkdir()
    sandbox = ContractSandbox(tmp_path / "schemas")
    sandbox.release()
    assert run(tmp_path, "evolve", "transaction").exit_code == 0
    path = tmp_path / "schemas" / "transaction_v2.avsc"
    document: dict[str, Any] = json.loads(path.read_text("utf-8"))
    fields = [each for each in document["fields"] if each["name"] != "terminal_id"]
    for each in fields:
        if each["name"] == "sku":
            each.update(type="long")
            for limit in ("minLength", "maxLength", "identifier"):
                del each[limit]
    note = {"name": "note", "type": ["null", "string"], "default": None, "doc": "A note."}
    path.write_text(json.dumps(document | {"fields": [*fields, note]}), "utf-8")
    done = run(tmp_path, "evolve", "transaction", "--value", "terminal_id='till'")
    assert done.exit_code == 0, done.output
    sandbox.release()
    return tmp_path


def conversion(project: Path, name: str = NEW) -> Path:
    return project / "flink" / "sql" / "conversions" / name


def edit(project: Path, old: str, new: str, name: str = NEW) -> int:
    """Replace text in a conversion; return its line."""
    path = conversion(project, name)
    text = path.read_text("utf-8")
    assert text.count(old) == 1, text
    path.write_text(text.replace(old, new), "utf-8")
    return text.count("\n", 0, text.index(old)) + 1


def test_what_evolve_writes_is_beside_the_contracts_and_has_no_finding(project: Path) -> None:
    assert conversion(project).is_file()
    assert conversion(project, OLD).is_file()
    assert findings(project) == []


FAULTS = {
    "a field that does not exist": (
        NEW, "  quantity,\n", "  quantiti AS quantity,\n", "conversion-unknown-field",
        "it reads quantiti, which transaction does not have (did you mean quantity?)"),
    "a field of the other contract": (
        NEW, "  CAST(NULL AS STRING) AS note\n", "  note\n", "conversion-unknown-field",
        "it reads note, which transaction does not have"),
    "a text where a number is": (
        NEW, "  CAST(sku AS BIGINT) AS sku,\n", "  sku,\n", "conversion-unfit-type",
        "sku: it is of type STRING, the field of type BIGINT: expected a CAST"),
    "a number where a text is": (
        OLD, "  CAST(sku AS STRING) AS sku,\n", "  sku,\n", "conversion-unfit-type",
        "sku: it is of type BIGINT, the field of type STRING: expected a CAST"),
    "a literal of another type": (
        OLD, "  'till' AS terminal_id,\n", "  7 AS terminal_id,\n", "conversion-unfit-type",
        "terminal_id: it is of type INT"),
    "a wider number": (
        NEW, "  quantity,\n", "  CAST(quantity AS BIGINT) AS quantity,\n",
        "conversion-unfit-type", "quantity: it is of type BIGINT, the field of type INT"),
    "a cast that Flink does not have": (
        NEW, "  CAST(sku AS BIGINT) AS sku,\n", "  CAST(occurred_at AS BIGINT) AS sku,\n",
        "conversion-unfit-type", "sku: Flink has no CAST of TIMESTAMP AS BIGINT"),
    "a cast inside of an expression": (
        NEW, "  CAST(sku AS BIGINT) AS sku,\n",
        "  COALESCE(CAST(recorded_at AS BIGINT), 0) AS sku,\n",
        "conversion-unfit-type", "sku: Flink has no CAST of TIMESTAMP AS BIGINT"),
    "a literal that is no number": (
        NEW, "  CAST(sku AS BIGINT) AS sku,\n", "  CAST('none' AS BIGINT) AS sku,\n",
        "conversion-unfit-type", "sku: 'none' is no value of BIGINT"),
    "null for a required field": (
        OLD, "  'till' AS terminal_id,\n", "  CAST(NULL AS STRING) AS terminal_id,\n",
        "conversion-unfit-type", "terminal_id: it may be null"),
    "an optional field for a required one": (
        OLD, "  'till' AS terminal_id,\n", "  note AS terminal_id,\n",
        "conversion-unfit-type", "terminal_id: it may be null"),
    "another table": (
        NEW, "FROM transactions\n", "FROM shipments\n", "conversion-not-followed",
        "it reads the table shipments: expected transactions, that of transaction"),
}  # fmt: skip


@pytest.mark.parametrize("fault", FAULTS)
def test_a_conversion_that_would_not_run_is_named_with_its_line(fault: str, project: Path) -> None:
    name, old, new, rule, sentence = FAULTS[fault]
    line = edit(project, old, new, name)
    (named,) = findings(project)
    assert named[:3] == (name, rule, line)
    assert sentence in named[3]
    assert run(project, "release").exit_code == 1
    assert "hurts:   readers, consumers outside" in run(project, "check").stdout


@pytest.mark.parametrize("name", ["event_id", "quantity", "sku"])
def test_a_column_that_is_missing_is_named(name: str, project: Path) -> None:
    text = conversion(project).read_text("utf-8")
    lines = [each for each in text.split("\n") if each.strip(" ,").split(" ")[-1] != name]
    conversion(project).write_text("\n".join(lines), "utf-8")
    (named,) = findings(project)
    assert named[:2] == (NEW, "conversion-lacks-field")
    assert f"it has no column {name}, which transaction_v2 has" in named[3]


CONTENTS = {
    "a syntax error": ("-- a\nSELECT\n  event_id )\nFROM transactions", 3),
    "no query": ("INSERT INTO b SELECT * FROM transactions", 1),
    "nothing": ("-- nothing\n", 1),
    "two statements": ("SELECT * FROM transactions;\nSELECT * FROM transactions", 1),
    "a semicolon at the end": ("SELECT *\nFROM transactions\n;\n", 3),
    "no UTF-8": ("SELECT '\udcff'\nFROM transactions", 1),
    "an open quote": ("SELECT\n  'a\nFROM transactions", 2),
    "an open parenthesis": ("SELECT\n  ABS(quantity AS a\nFROM transactions", 2),
    "two strings": ("SELECT\n  event_id,\n  'a' 'b' AS c\nFROM transactions", 3),
    "an unknown setting": ("SELECT\n  '${till}' AS c\nFROM transactions", 2),
}


@pytest.mark.parametrize("kind", CONTENTS)
def test_a_text_that_is_no_conversion_is_named(kind: str, project: Path) -> None:
    text, line = CONTENTS[kind]
    conversion(project).write_bytes(text.encode("utf-8", "surrogateescape"))
    (named,) = findings(project)
    assert named[:3] == (NEW, "conversion-not-followed", line)


FITTING = {
    "a semicolon in a text": (OLD, "'till' AS", "'a;b' AS"),
    "a narrower number": (NEW, "CAST(sku AS BIGINT)", "CAST(sku AS INT)"),
    "the result of an unknown function": (NEW, "CAST(sku AS BIGINT)", "MY_OWN(sku)"),
    "an expression": (NEW, "CAST(sku AS BIGINT)", "CASE WHEN sku = 'a' THEN 1 ELSE 2 END"),
    "a value for null": (OLD, "'till' AS", "COALESCE(note, 'till') AS"),
    "a filter": (NEW, "FROM transactions\n", "FROM transactions\nWHERE quantity > 0\n"),
    "an alias": (NEW, "FROM transactions\n", "FROM transactions AS sale\n"),
    "a setting": (OLD, "'till' AS", "'${prefix}' AS"),
    "a condition that is cast": (NEW, "  quantity,", "  ABS(quantity) AS quantity,"),
}


@pytest.mark.parametrize("kind", FITTING)
def test_a_conversion_that_runs_has_no_finding(kind: str, project: Path) -> None:
    name, old, new = FITTING[kind]
    edit(project, old, new, name)
    assert findings(project) == []


@pytest.mark.parametrize("name", [OLD, NEW])
def test_a_conversion_that_is_missing_is_named_while_the_old_topic_has_a_reader(
    name: str, project: Path
) -> None:
    conversion(project, name).unlink()
    assert [each[:2] for each in findings(project)] == [(name, "conversion-missing")]


def test_no_conversion_back_is_needed_once_no_reader_is_left(project: Path) -> None:
    for name, change in (("transaction", None), ("transaction_v2", "source")):
        path = project / "schemas" / f"{name}.avsc"
        document = json.loads(path.read_text("utf-8"))
        document.pop("flink", None)
        path.write_text(json.dumps(document | ({"flink": change} if change else {})), "utf-8")
    conversion(project, OLD).unlink()
    assert "conversion-missing" not in {each[1] for each in findings(project)}


VALUES = {
    "a syntax error": ("terminal_id='a", "is not closed"),
    "another statement": ("terminal_id='a'; DROP TABLE x", "one SELECT"),
    "an unknown field": ("terminal_id=till_no", "it reads till_no"),
    "another type": ("terminal_id=7", "it is of type INT, the field of type STRING"),
    "a field that both have": (
        "quantity=1",
        "expected a field that one of the two contracts lacks",
    ),
    "a misspelt field": ("terminal_idd='a'", "did you mean terminal_id?"),
}


@pytest.mark.parametrize("kind", VALUES)
def test_a_value_that_would_not_run_is_refused_and_nothing_is_written(
    kind: str, project: Path
) -> None:
    value, words = VALUES[kind]
    for name in (OLD, NEW):
        conversion(project, name).unlink()
    more = [] if value.startswith("terminal_id=") else ["--value", "terminal_id='till'"]
    refused = run(project, "evolve", "transaction", "--value", value, *more)
    assert refused.exit_code == 1
    assert words in refused.output
    assert not list((project / "flink").rglob("*.sql"))


def test_a_value_that_nothing_takes_is_refused(project: Path) -> None:
    refused = run(project, "evolve", "transaction", "--value", "terminal_id='a'")
    assert refused.exit_code == 1
    assert "both conversions are written: edit them" in refused.output
    (project / "schemas" / "transaction_v2.avsc").unlink()
    early = run(project, "evolve", "transaction", "--value", "terminal_id='a'")
    assert early.exit_code == 1
    assert "has no successor yet" in early.output
