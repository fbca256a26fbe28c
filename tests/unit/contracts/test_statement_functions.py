"""Names, arguments and columns that SQL and the job's Java functions share are compared."""

import shutil
from pathlib import Path

import pytest

from contracts.contract import Contract
from contracts.contract_file import load_all
from contracts.readers.java_functions import functions
from tests.support.copied_statements import ROOT, SQL, edit, line, of_statements

LEVELS = str(SQL / "4_inventory_levels.sql")
JAVA = "flink/java/StockLevel.java"
FUNCTION = str(SQL / "functions" / "stock_level.sql")


@pytest.fixture(scope="module")
def contracts() -> list[Contract]:
    return load_all()


@pytest.fixture
def job(tmp_path: Path) -> Path:
    """A copy of the statements and the Java functions."""
    shutil.copytree(ROOT / SQL, tmp_path / SQL)
    shutil.copytree(ROOT / "flink" / "java", tmp_path / "flink" / "java")
    return tmp_path


def test_the_functions_of_this_tree_are_read_from_their_annotations() -> None:
    known = functions(ROOT)
    level = known["STOCK_LEVEL"]
    assert level is not None
    assert level.arguments == ("event", "movement_seconds", "on_time")
    assert set(level.reads) == {"kind", "occurred_at", "quantity", "event_id"}
    assert list(level.returns)[:3] == ["on_hand", "sold", "returned"]
    assert level.returns["last_movement_at"] == "TIMESTAMP"
    minute = known["SALES_MINUTE"]
    assert minute is not None
    assert minute.returns == {
        "minute_start": "TIMESTAMP",
        "units": "BIGINT",
        "revenue": "DECIMAL",
        "version": "BIGINT",
    }
    for name, function in known.items():
        assert function is not None, name
        assert function.exists, name
        assert bool(function.returns) == (name != "GENERATION"), name


UNFIT = "function-unfit"
FAULTS = {
    "a column that the class reads": (
        LEVELS, "sku, quantity, occurred_at,", "sku, occurred_at,", UNFIT,
        f"{JAVA} reads quantity, which the table of STOCK_LEVEL does not have"),
    "a column with another name": (
        LEVELS, "sku, quantity, occurred_at,", "sku, quantity AS quantities, occurred_at,", UNFIT,
        "does not have (did you mean quantities?)"),
    "a column that the class reads from now on": (
        JAVA, 'columns.of("quantity")', 'columns.of("amount")', UNFIT,
        f"{JAVA} reads amount, which the table of STOCK_LEVEL does not have"),
    "an argument that is missing": (
        LEVELS, "  movement_seconds => CAST(${movement_seconds} AS BIGINT),\n", "", UNFIT,
        f"STOCK_LEVEL is called without movement_seconds, which {JAVA} requires"),
    "a time that is missing": (
        LEVELS, "  on_time => DESCRIPTOR(accepted_at),\n", "", UNFIT, "called without on_time"),
    "an argument that is not there": (
        LEVELS, "uid => 'levels'", "uid => 'levels', seconds => 3", UNFIT,
        f"STOCK_LEVEL is called with seconds, which {JAVA} does not have"),
    "a class that is missing": (
        FUNCTION, "inventory.StockLevel", "inventory.StockLevels", UNFIT,
        "STOCK_LEVEL is flink/java/StockLevels.java, which is missing"),
    "a function that nothing creates": (
        FUNCTION, "FUNCTION STOCK_LEVEL", "FUNCTION STOCK_LEVELS", "statement-not-followed",
        "creates STOCK_LEVEL (did you mean STOCK_LEVELS?)"),
}  # fmt: skip


@pytest.mark.parametrize("fault", FAULTS)
def test_a_call_that_does_not_fit_its_class_is_named_at_its_line(
    fault: str, job: Path, contracts: list[Contract]
) -> None:
    file, old, new, rule, sentence = FAULTS[fault]
    edit(job, file, old, new)
    ((reported_rule, named, number, what),) = of_statements(job, contracts)
    assert (reported_rule, named, number) == (rule, LEVELS, line(job, LEVELS, "FROM STOCK_LEVEL("))
    assert sentence in what


def test_a_misspelt_function_of_a_value_is_named(job: Path, contracts: list[Contract]) -> None:
    edit(job, LEVELS, "GENERATION()", "GENERATIONS()")
    ((reported_rule, named, number, what),) = of_statements(job, contracts)
    assert (reported_rule, named) == ("statement-not-followed", LEVELS)
    assert number == line(job, LEVELS, "GENERATIONS()")
    assert "did you mean GENERATION?" in what


MISSING = {
    "on_hnd": (LEVELS, "  on_hand,", "  on_hnd,"),
    "on_hand": (JAVA, "ROW<on_hand", "ROW<onhand"),
    "sku": (LEVELS, "PARTITION BY (store_id, sku)", "PARTITION BY (store_id)"),
}


@pytest.mark.parametrize("missing", MISSING)
def test_a_column_that_a_function_does_not_return_is_one_finding(
    missing: str, job: Path, contracts: list[Contract]
) -> None:
    edit(job, *MISSING[missing])
    ((reported_rule, named, _, what),) = of_statements(job, contracts)
    assert (reported_rule, named) == ("statement-lacks-field", LEVELS)
    assert f"the statement reads {missing}, which none of its tables has" in what


def test_a_further_column_of_a_function_is_no_finding(job: Path, contracts: list[Contract]) -> None:
    edit(job, JAVA, "ROW<on_hand", "ROW<share DECIMAL(18, 2), on_hand")
    assert of_statements(job, contracts) == []


def test_a_column_of_another_type_than_its_field_is_named(
    job: Path, contracts: list[Contract]
) -> None:
    edit(job, JAVA, "sold BIGINT", "sold STRING")
    ((reported_rule, named, _, what),) = of_statements(job, contracts)
    assert (reported_rule, named) == ("insert-column-type", LEVELS)
    assert what == "the INSERT writes STRING into sold, which is BIGINT"


def test_without_classes_the_columns_of_a_function_are_not_judged(
    job: Path, contracts: list[Contract]
) -> None:
    shutil.rmtree(job / "flink" / "java")
    edit(job, LEVELS, "uid => 'levels'", "uid => 'levels', seconds => 3")
    assert of_statements(job, contracts) == []
