"""A statement that Flink refuses is named in one line: its file, its contract, the column."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from connect.errors import UserError
from connect.settings import Settings
from flink import graph, start_error, statements
from tests.support.minicluster import MiniCluster

pytestmark = pytest.mark.slow
LEVELS = "flink/sql/4_inventory_levels.sql"
DAYS = "flink/sql/7_sales_by_day.sql"
ADJUSTMENTS = "flink/sql/staging/stg_adjustments.sql"


def plan(minicluster: MiniCluster, folder: Path) -> None:
    """Plan the whole job, with blackhole sinks."""
    session = minicluster.session(folder)
    for file in (file for files in statements.statement_sets() for file in files):
        table = re.search(r"INSERT INTO (\w+)", statements.read(file, session.settings))
        assert table
        session.tables.execute_sql(
            f"CREATE TEMPORARY TABLE {table[1]} WITH ('connector' = 'blackhole') "
            f"LIKE default_catalog.default_database.{table[1]} (EXCLUDING OPTIONS)"
        )
    graph.attach(session.tables, session.settings)


def changed(change: tuple[str, str, str]) -> Callable[..., str]:
    """Return `statements.read` with another text in one file."""
    name, before, after = change
    shipped = statements.read

    def read(file: Path, settings: Settings, **names: str) -> str:
        text = shipped(file, settings, **names)
        if not str(file).endswith(name):
            return text
        assert before in text
        return text.replace(before, after, 1)

    return read


def refusal(
    minicluster: MiniCluster,
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    change: tuple[str, str, str],
) -> str:
    """Change the text of one file, plan the whole job, and return the cause of its error."""
    monkeypatch.setattr(statements, "read", changed(change))
    with pytest.raises(start_error.JAVA_ERRORS) as error:
        plan(minicluster, folder)
    sentence = start_error.sentence(error.value)
    assert "\n" not in sentence
    return sentence


def test_a_column_that_the_query_lacks_is_named_with_statement_and_contract(
    minicluster: MiniCluster, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lacking = (LEVELS, "  adjusted,\n", "")
    sentence = refusal(minicluster, tmp_path, monkeypatch, lacking)
    begin = f"{LEVELS} (schemas/inventory_level.avsc): the query lacks adjusted: "
    assert sentence.startswith(begin), sentence
    assert "Different number of columns" in sentence


def test_a_column_of_another_type_is_named(
    minicluster: MiniCluster, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = (LEVELS, "  on_hand,\n", "  sku AS on_hand,\n")
    sentence = refusal(minicluster, tmp_path, monkeypatch, other)
    assert sentence.startswith(f"{LEVELS} (schemas/inventory_level.avsc): "), sentence
    assert "on_hand" in sentence


@pytest.mark.parametrize(
    ("change", "what"),
    [
        ((ADJUSTMENTS, "  sku,\n", "  skuu,\n"), "7|skuu"),
        ((ADJUSTMENTS, "  sku,\n", "  sku\n"), "8|near the keyword 'CAST' at line 8"),
    ],
)
def test_an_error_of_a_staging_view_is_named_with_its_file(
    minicluster: MiniCluster,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    change: tuple[str, str, str],
    what: str,
) -> None:
    sentence = refusal(minicluster, tmp_path, monkeypatch, change)
    line, words = what.split("|")
    assert sentence.startswith(f"{ADJUSTMENTS}:{line} (schemas/adjustment.avsc): "), sentence
    assert words in sentence


def test_the_line_of_a_statement_below_its_options_is_that_of_the_file(
    minicluster: MiniCluster, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    unknown = (DAYS, "    quantity,\n", "    quantities,\n")
    sentence = refusal(minicluster, tmp_path, monkeypatch, unknown)
    lines = statements.SALES_BY_DAY.read_text("utf-8").splitlines()
    line = lines.index("    quantity,") + 1
    assert sentence.startswith(f"{DAYS}:{line} (schemas/sales_by_day.avsc): "), sentence


@pytest.mark.parametrize(("old", "new"), [("  sku,\n", ""), ("  store_id,\n", "  sku AS x,\n")])
def test_a_staging_view_with_other_columns_is_named_and_not_their_union(
    minicluster: MiniCluster, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, old: str, new: str
) -> None:
    monkeypatch.setattr(statements, "read", changed((ADJUSTMENTS, old, new)))
    with pytest.raises(UserError) as error:
        plan(minicluster, tmp_path)
    assert error.value.message.startswith(f"{ADJUSTMENTS}: expected the columns of the other")
