"""A statement that Flink refuses is named in one line: its file, its contract, the column."""

import re
from pathlib import Path

import pytest

from connect.settings import Settings
from flink import graph, start_error, statements
from tests.support.minicluster import MiniCluster

pytestmark = pytest.mark.slow
LEVELS = "flink/sql/4_inventory_levels.sql"
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


def refusal(
    minicluster: MiniCluster,
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    change: tuple[str, str, str],
) -> str:
    """Change the text of one file, plan the whole job, and return the cause of its error."""
    name, before, after = change
    shipped = statements.read

    def read(file: Path, settings: Settings, **names: str) -> str:
        text = shipped(file, settings, **names)
        if not str(file).endswith(name):
            return text
        assert before in text
        return text.replace(before, after, 1)

    monkeypatch.setattr(statements, "read", read)
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
        ((ADJUSTMENTS, "  sku,\n", "  skuu,\n"), "skuu"),
        ((ADJUSTMENTS, "  sku,\n", "  sku\n"), "near the keyword 'CAST' at line 8"),
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
    assert sentence.startswith(f"{ADJUSTMENTS} (schemas/adjustment.avsc): "), sentence
    assert what in sentence
