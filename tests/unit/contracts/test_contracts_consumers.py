"""Consumers of other teams, declared in consumers/*.toml: validated, named, protected."""

import json
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from contracts.__main__ import main

ROOT = Path(__file__).parents[3]
DECLARED = """\
team = "finance"
contact = "finance@example.org"
contract = "sales_by_day"
fields = ["business_day", "revenue"]
since = 2026-03-01
"""


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A copy of the contracts and statements, with one consumer."""
    shutil.copytree(
        ROOT / "schemas", tmp_path / "schemas", ignore=shutil.ignore_patterns("*.py", "generated")
    )
    shutil.copytree(ROOT / "flink" / "sql", tmp_path / "flink" / "sql")
    (tmp_path / "consumers").mkdir()
    (tmp_path / "consumers" / "finance.toml").write_text(DECLARED, "utf-8")
    return tmp_path


def run(command: str, tree: Path, *arguments: str) -> Result:
    return CliRunner().invoke(main, [command, "--schemas", str(tree / "schemas"), *arguments])


def remove(tree: Path, stem: str, name: str) -> None:
    path = tree / "schemas" / f"{stem}.avsc"
    document = json.loads(path.read_text("utf-8"))
    document["fields"] = [each for each in document["fields"] if each["name"] != name]
    path.write_text(json.dumps(document, indent=1), "utf-8")


def test_a_declared_consumer_is_accepted(tree: Path) -> None:
    assert run("check", tree).exit_code == 0


def test_impact_names_team_contact_date_and_line(tree: Path) -> None:
    text = run("impact", tree, "sales_by_day.revenue").stdout
    assert "finance (finance@example.org), since 2026-03-01: consumers/finance.toml:4" in text
    assert "finance" not in run("impact", tree, "sales_by_day.units").stdout


def test_impact_names_the_consumer_of_what_the_job_makes_of_a_field(tree: Path) -> None:
    text = run("impact", tree, "transaction.line_amount").stdout
    assert "finance@example.org" in text[text.index("Through sales_by_day.revenue:") :]


def test_a_field_that_a_consumer_reads_cannot_go(tree: Path) -> None:
    remove(tree, "sales_by_day", "revenue")
    result = run("check", tree, "--format", "json")
    assert result.exit_code == 1
    findings = json.loads(result.stdout)
    (finding,) = (each for each in findings if each["rule"] == "consumer-lacks-field")
    assert finding["file"].endswith("consumers/finance.toml")
    assert finding["line"] == 4
    assert "finance@example.org" in finding["what"]


def test_a_finding_names_the_statements_and_consumers_that_it_hurts(tree: Path) -> None:
    path = tree / "schemas" / "sales_by_day.avsc"
    text = path.read_text("utf-8")
    assert '"scale": 2' in text
    path.write_text(text.replace('"scale": 2', '"scale": 4', 1), "utf-8")
    findings = json.loads(run("check", tree, "--format", "json").stdout)
    readers = next(each["readers"] for each in findings if each["rule"] == "decimal-scale")
    assert "finance (finance@example.org), since 2026-03-01: consumers/finance.toml:4" in readers
    assert any(each.startswith("flink/sql/7_sales_by_day.sql:") for each in readers)
    shown = run("check", tree).stdout
    assert "finance@example.org" in shown
    assert "consumers/finance.toml:4" in shown


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("fields =", "fieldz =", ("finance.toml: line 4", "fieldz", "did you mean fields?")),
        ('"finance@example.org"', '""', ("finance.toml: line 2", "contact", "not empty")),
        ('team = "finance"\n', "", ("team", 'such as team = "finance"')),
        ('["business_day", "revenue"]', "[]", ("finance.toml: line 4", "at least one field")),
        ('["business_day", "revenue"]', '["units", "units"]', ("finance.toml: line 4", "once")),
        ("2026-03-01", '"2026-03-01"', ("finance.toml: line 5", "a date without quotes")),
        ("2026-03-01", "soon", ("finance.toml", "TOML", "line 5")),
        ("sales_by_day", "sales_per_day", ("finance.toml: line 3", "did you mean sales_by_day?")),
    ],
)
def test_an_invalid_declaration_is_named_with_what_is_expected(
    tree: Path, old: str, new: str, words: tuple[str, ...]
) -> None:
    path = tree / "consumers" / "finance.toml"
    path.write_text(DECLARED.replace(old, new, 1), "utf-8")
    result = run("check", tree)
    assert result.exit_code == 2
    for word in words:
        assert word in result.output


@pytest.mark.parametrize("name", ["finance.yaml", "finance.TOML", "eu/finance.toml", "finance.tml"])
def test_a_consumer_that_would_not_be_read_is_named(tree: Path, name: str) -> None:
    path = tree / "consumers" / name
    path.parent.mkdir(exist_ok=True)
    (tree / "consumers" / "finance.toml").rename(path)
    result = run("check", tree)
    assert result.exit_code == 2
    place = f"{path.parent.name}/{path.name}"
    assert f"expected a file consumers/<name>.toml, not {place}." in result.output


def test_a_declaration_nested_too_deeply_is_one_sentence(tree: Path) -> None:
    (tree / "consumers" / "finance.toml").write_text(f"a = {'[' * 5000}", "utf-8")
    result = run("check", tree)
    assert result.exit_code == 2
    assert "nested too deeply" in result.output


def test_a_misspelt_field_is_named_with_the_one_that_is_meant(tree: Path) -> None:
    path = tree / "consumers" / "finance.toml"
    path.write_text(DECLARED.replace("revenue", "revenu"), "utf-8")
    result = run("check", tree)
    assert result.exit_code == 1
    assert "did you mean revenue?" in result.output


def test_a_withdrawn_contract_with_a_consumer_is_a_finding(tree: Path) -> None:
    (tree / "schemas" / "sales_by_day.avsc").unlink()
    result = run("check", tree)
    assert result.exit_code == 1
    assert "finance@example.org" in result.output
