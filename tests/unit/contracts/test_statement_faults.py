"""A statement that cannot be followed is a finding at its own file and line, and hides no cause."""

import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner

from contracts.__main__ import main
from contracts.contract import Contract
from contracts.contract_file import load_all
from contracts.readers.statement_file import SETTINGS
from tests.support.copied_statements import (
    ROOT,
    SQL,
    checked,
    copy,
    edit,
    findings,
    line,
    of_statements,
    reported,
)

LEDGER = str(SQL / "5_stock_ledger.sql")
LEVELS = str(SQL / "4_inventory_levels.sql")
DAYS = str(SQL / "7_sales_by_day.sql")
SHIPMENTS = str(SQL / "staging" / "stg_shipments.sql")
EVENTS = str(SQL / "generated" / "events.sql")
NOT_FOLLOWED = "statement-not-followed"


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A copy of the contracts and statements."""
    return copy(tmp_path)


@pytest.fixture
def statements(tmp_path: Path) -> Path:
    """A copy of the statements alone."""
    shutil.copytree(ROOT / SQL, tmp_path / SQL)
    return tmp_path


@pytest.fixture(scope="module")
def contracts() -> list[Contract]:
    return load_all()


FROM = "FROM deduplicated_events"
FAULTS: dict[str, tuple[str, str, str, str, str]] = {
    "no INSERT": (LEDGER, "INSERT INTO", "UPSERT INTO", "UPSERT INTO", "Unexpected"),
    "an INSERT in small letters": (LEDGER, "INSERT INTO", "insert into", "insert into", "INSERT"),
    "several statements at once": (
        LEDGER, "INSERT INTO", "EXECUTE STATEMENT SET BEGIN INSERT INTO", "EXECUTE", "INSERT"),
    "a table made of a query": (
        LEDGER, "INSERT INTO stock_ledger", "CREATE TABLE t AS", "CREATE TABLE", "INSERT INTO"),
    "an option in other quotes": (
        DAYS, "SET 'table.exec.mini-batch.size'", 'SET "table"', 'SET "table"', "Unexpected"),
    "rows at a time": (LEDGER, FROM, f"{FROM} FOR SYSTEM_TIME AS OF x", FROM, "VERSION"),
    "a pivot": (LEDGER, FROM, f"{FROM} PIVOT (SUM(quantity) FOR kind IN ('a'))", FROM, "PIVOT"),
    "a natural join": (LEDGER, FROM, f"{FROM} NATURAL JOIN transfers", FROM, "METHOD"),
    "a join by the names": (LEDGER, FROM, f"{FROM} JOIN transfers USING (sku)", FROM, "USING"),
    "an array as a table": (
        LEDGER, FROM, f"{FROM} CROSS JOIN UNNEST(ARRAY[1]) AS u (x)", FROM, "UNNEST"),
    "a match of rows": (LEDGER, FROM, f"{FROM} MATCH_RECOGNIZE (PATTERN (A))", FROM, "Expecting )"),
    "columns named by an alias": (LEDGER, FROM, f"{FROM} AS t (a, b)", FROM, "COLUMNS"),
    "a view that reads itself": (
        SHIPMENTS, "FROM shipments", "FROM stg_shipments", "FROM stg_shipments", "itself"),
    "an unknown word": (
        SHIPMENTS, "FROM shipments", "FORM shipments", "FORM", "Unexpected word: shipments"),
    "an unknown first word": (SHIPMENTS, "CREATE", "CREAT", "CREAT", "Unexpected"),
    "two commas": (SHIPMENTS, "  sku,", "  sku,,", "  sku,,", "beside the comma"),
    "a comma at the end": (
        SHIPMENTS, "  source_offset", "  source_offset,", "source_offset,", "beside the comma"),
    "an open quote": (SHIPMENTS, "'shipment'", "'shipment", "'shipment", "' is not closed"),
    "an open comment": (SHIPMENTS, "'shipment'", "/* 's'", "/* 's'", "/* is not closed"),
    "an open parenthesis": (SHIPMENTS, "BIGINT)", "BIGINT", "AS BIGINT", "( is not closed"),
    "a parenthesis too many": (SHIPMENTS, "BIGINT)", "BIGINT))", "AS BIGINT", ") closes nothing"),
    "two strings without a comma": (
        LEVELS, "'return',", "'return'", "'return'", "a comma between two strings"),
    "a CAST without its word": (
        SHIPMENTS, "CAST(NULL AS STRING) AS reason", "(NULL AS STRING) AS reason", "AS reason",
        "AS names no column"),
    "a function that is no CAST": (
        SHIPMENTS, "CAST(quantity AS", "CASE(quantity AS", "CASE(", ""),
    "a table of no contract": (
        LEDGER, "INTO stock_ledger", "INTO stock_ledgers", "INTO", "(did you mean stock_ledger?)"),
    "a table that the job reads": (
        LEDGER, "INTO stock_ledger", "INTO transfers", "INTO", 'no contract with "flink": "sink"'),
    "a space of a web page": (
        LEDGER, "  quantity,", " \u00a0quantity,", "\u00a0quantity,", "the space U+00A0"),
    "another type in a part of a union": (
        EVENTS, "SELECT * FROM stg_shipments",
        "SELECT event_id, kind, store_id, sku, quantity, currency AS line_amount, currency, "
        "reason, reference, counterpart, expected_at, occurred_at, recorded_at, accepted_at, "
        "source_topic, source_partition, source_offset FROM stg_shipments", "FROM stg_shipments",
        "line_amount, is DECIMAL in one part and STRING in another"),
    "a column that is no key": (
        DAYS, "GROUP BY store_id, sku, currency, business_date", "GROUP BY store_id, sku, currency",
        "  CAST(business_date AS STRING)",
        "business_date is neither a key of GROUP BY nor aggregated"),
    "a column that is not aggregated": (
        DAYS, "-SUM(quantity) AS units", "-quantity AS units", "-quantity AS units",
        "quantity is neither a key of GROUP BY nor aggregated"),
    "a view that stays": (SHIPMENTS, "TEMPORARY ", "", "CREATE VIEW", "TEMPORARY"),
    "an unknown setting": (
        LEVELS, "${movement_seconds}", "${movement_second}", "movement_second}", "is no setting"),
    "a dollar alone": (LEVELS, "movement_seconds =>", "$ =>", "$ =>", "$ is no setting"),
    "another view's name": (
        SHIPMENTS, "VIEW stg_shipments", "VIEW stg_shipment", "VIEW stg", "VIEW stg_shipments"),
    "a view without a column": (
        SHIPMENTS, "  sku,\n", "", "VIEW stg", "unlike other staging views, it lacks sku"),
    "a view with a column too many": (
        SHIPMENTS, "  sku,", "  sku, sku AS s,", "VIEW stg", "has s in addition"),
}  # fmt: skip
"""Fault -> file, old, new, text in the line, words of the sentence."""


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_is_the_only_finding_at_its_own_line(
    statements: Path, contracts: list[Contract], fault: str
) -> None:
    file, old, new, at, words = FAULTS[fault]
    edit(statements, file, old, new)
    ((rule, named, number, sentence),) = of_statements(statements, contracts)
    assert (rule, named, number) == (NOT_FOLLOWED, file, line(statements, file, at))
    assert words in sentence


def _two(path: Path) -> None:
    path.write_text(f"{path.read_text('utf-8')};\nSELECT sku FROM shipments\n", "utf-8")


def _move(path: Path) -> None:
    (path.parent / "more").mkdir()
    path.rename(path.parent / "more" / path.name)


EMPTIED: dict[str, tuple[Callable[[Path], object], str]] = {
    "empty": (lambda path: path.write_text("", "utf-8"), "no statement"),
    "only a comment": (lambda path: path.write_text("-- INSERT INTO x\n", "utf-8"), "no statement"),
    "of two statements": (_two, "2 statements"),
    "in a folder of its own": (_move, "the job reads no file of this name"),
    "with another ending": (lambda path: path.rename(path.with_suffix(".SQL")), "of this name"),
}  # fmt: skip


@pytest.mark.parametrize("file", [LEDGER, SHIPMENTS])
@pytest.mark.parametrize("fault", EMPTIED)
def test_a_file_without_its_statement_is_named_first(
    statements: Path, contracts: list[Contract], file: str, fault: str
) -> None:
    change, words = EMPTIED[fault]
    change(statements / file)
    (rule, named, _, sentence), *_ = of_statements(statements, contracts)
    assert rule == NOT_FOLLOWED
    assert Path(named).stem == Path(file).stem
    assert words in sentence


def test_a_deleted_staging_view_is_named_by_its_path_alone(tree: Path) -> None:
    (tree / SHIPMENTS).unlink()
    ((rule, file, number, sentence),) = findings(tree)
    contract = "schemas/shipment.avsc"
    assert (rule, file, number) == ("contract-not-staged", contract, line(tree, file, '"flink"'))
    assert SHIPMENTS in sentence


def test_a_deleted_view_of_all_events_is_one_finding(
    statements: Path, contracts: list[Contract]
) -> None:
    (statements / EVENTS).unlink()
    assert {each[:3] for each in of_statements(statements, contracts)} == {
        (NOT_FOLLOWED, EVENTS, 1)
    }


def test_a_fault_hides_no_finding_of_another_statement(tree: Path) -> None:
    edit(tree, SHIPMENTS, "quantity AS", "amount AS")
    edit(tree, str(SQL / "staging" / "stg_transfers.sql"), "FROM transfers", "FROM FROM transfers")
    assert {rule for rule, _, _ in reported(tree)} == {NOT_FOLLOWED, "statement-lacks-field"}


def latin(path: Path) -> None:
    path.write_bytes(path.read_text("utf-8").replace("product", "pièce").encode("latin-1"))


def nested(path: Path) -> None:
    deep = f"{'(' * 3000}sku{')' * 3000} AS sku"
    path.write_text(path.read_text("utf-8").replace("  sku,", f"  {deep},", 1), "utf-8")


@pytest.mark.parametrize("command", ["check", "impact", "new"])
@pytest.mark.parametrize(("change", "words"), [(latin, "UTF-8"), (nested, "too deeply")])
def test_a_file_that_is_no_text_ends_in_one_sentence(
    tree: Path, change: Callable[[Path], None], words: str, command: str
) -> None:
    file = LEVELS
    change(tree / file)
    further = {"impact": ["shipment"], "new": ["gift", "--owner", "x", "--doc", "A gift."]}
    arguments = [command, *further.get(command, []), "--schemas", str(tree / "schemas")]
    result = CliRunner().invoke(main, arguments)
    assert result.exit_code == 2
    assert isinstance(result.exception, SystemExit)
    assert f"{Path(file).name}: " in result.output
    assert words in result.output


def test_a_file_that_is_no_text_hides_no_finding_of_a_contract(tree: Path) -> None:
    latin(tree / LEVELS)
    edit(tree, "schemas/shipment.avsc", '"order_id"', '"order_number"')
    result = checked(tree)
    assert result.exit_code == 2
    assert '"invalid-contract"' in result.stdout
    assert '"/fields/order_id"' in result.stdout


@pytest.mark.parametrize("change", [latin, nested])
def test_a_file_that_is_no_text_hides_no_finding_of_another_statement(
    tree: Path, change: Callable[[Path], None]
) -> None:
    change(tree / LEVELS)
    edit(tree, LEDGER, "  occurred_at,\n", "")
    result = checked(tree)
    assert result.exit_code == 2
    assert {(each["rule"], Path(each["file"]).name) for each in json.loads(result.stdout)} == {
        ("invalid-contract", Path(LEVELS).name),
        ("insert-lacks-column", Path(LEDGER).name),
    }


def test_a_named_part_without_its_as_is_reported(
    statements: Path, contracts: list[Contract]
) -> None:
    edit(statements, LEVELS, "stock_events AS (", "stock_events (")
    assert {each[:2] for each in of_statements(statements, contracts)} == {(NOT_FOLLOWED, LEVELS)}


@pytest.mark.parametrize("form", ["text", "json"])
def test_the_impact_of_a_field_names_a_statement_that_is_not_followed(
    tree: Path, form: str
) -> None:
    edit(tree, SHIPMENTS, "  sku,", "  sku,,")
    arguments = ["impact", "shipment.sku", "--format", form, "--schemas", str(tree / "schemas")]
    result = CliRunner().invoke(main, arguments)
    assert result.exit_code == 0
    assert SHIPMENTS in result.stdout
    assert "beside the comma" in result.stdout


def test_a_view_of_all_events_that_is_not_followed_ends_new(tree: Path) -> None:
    edit(tree, SHIPMENTS, "  sku,", "  sku,,")
    required = ["--owner", "x", "--doc", "A gift.", "--schemas", str(tree / "schemas")]
    result = CliRunner().invoke(main, ["new", "gift", *required])
    assert result.exit_code == 2
    assert f"{SHIPMENTS}:{line(tree, SHIPMENTS, '  sku,,')}: " in result.output
    assert not (tree / "schemas" / "gift.avsc").exists()


def test_a_file_and_its_copy_are_one_finding(statements: Path, contracts: list[Contract]) -> None:
    shutil.copy(statements / LEDGER, statements / SQL / "5_stock_ledger copy.sql")
    ((rule, file, number, sentence),) = of_statements(statements, contracts)
    assert (rule, file, number) == ("table-written-twice", LEDGER, line(statements, LEDGER, "INTO"))
    assert sentence == "the statement writes stock_ledger, as 5_stock_ledger copy.sql does"


def test_a_space_of_a_web_page_in_a_text_or_comment_is_no_fault(
    statements: Path, contracts: list[Contract]
) -> None:
    edit(statements, LEDGER, "INSERT", "/* a\u00a0b */ -- c\u00a0d\nINSERT")
    edit(statements, str(SQL / "10_quarantine.sql"), "'; event_id '", "';\u00a0event_id '")
    assert of_statements(statements, contracts) == []


def test_the_settings_of_a_statement_are_those_that_the_job_fills_in() -> None:
    text = (ROOT / "flink" / "statements.py").read_text("utf-8")
    names = text[text.index("    values = {") : text.index("    return Template")]
    assert tuple(re.findall(r'^        "(\w+)":', names, re.MULTILINE)) == SETTINGS
