"""A file of the job's SQL that is missing, empty or no text is named before anything is started."""

import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner

from connect.errors import UserError
from connect.settings import Settings
from flink import job, statements

SHIPMENTS = "staging/stg_shipments.sql"
LEVELS = "4_inventory_levels.sql"


@pytest.fixture
def sql(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the statements, which the job reads."""
    shipped, folder = statements.SQL, tmp_path / "flink" / "sql"
    shutil.copytree(shipped, folder)
    for name, value in list(vars(statements).items()):
        if isinstance(value, Path) and value.is_relative_to(shipped):
            monkeypatch.setattr(statements, name, folder / value.relative_to(shipped))
    return folder


def replaced(old: str, new: str) -> Callable[[Path], object]:
    def change(file: Path) -> None:
        text = file.read_text("utf-8")
        assert old in text
        file.write_text(text.replace(old, new, 1), "utf-8")

    return change


FAULTS: dict[str, tuple[str, Callable[[Path], object], str]] = {
    "missing": (SHIPMENTS, Path.unlink, " is missing: restore it"),
    "empty": (SHIPMENTS, lambda file: file.write_text(""), ":1: expected the statement CREATE TEM"),
    "empty INSERT": (LEVELS, lambda file: file.write_text(""), ":1: expected a statement INSERT"),
    "only a comment": (
        LEVELS, lambda file: file.write_text("-- INSERT INTO levels"), ":1: expected a statement"),
    "another view": (
        SHIPMENTS, replaced("VIEW stg_shipments", "VIEW stg_shipment"), ":1: expected the statem"),
    "in small letters": (LEVELS, replaced("INSERT INTO", "insert into"), ":1: expected a statem"),
    "another encoding": (
        SHIPMENTS, lambda file: file.write_bytes("-- a\n-- é".encode("latin-1")), ":2: not UTF-8"),
}  # fmt: skip


@pytest.mark.parametrize("fault", FAULTS)
def test_a_job_names_the_file_before_it_connects(sql: Path, fault: str) -> None:
    name, change, words = FAULTS[fault]
    change(sql / name)
    result = CliRunner().invoke(job.main)
    assert result.exit_code == 1
    assert f"flink/sql/{name}{words}" in result.output


@pytest.mark.parametrize(
    ("new", "shown"), [("${movement_second}", "${movement_second}"), ("$", "$")]
)
def test_an_unknown_setting_is_named_with_its_line(sql: Path, new: str, shown: str) -> None:
    replaced("${movement_seconds}", new)(sql / LEVELS)
    lines = (sql / LEVELS).read_text("utf-8").splitlines()
    (line,) = (number for number, text in enumerate(lines, 1) if new in text)
    with pytest.raises(UserError) as error:
        statements.read(statements.INVENTORY_LEVELS, Settings())
    assert error.value.message.startswith(f"flink/sql/{LEVELS}:{line}: {shown}: expected ")


@pytest.mark.parametrize("file", [file for files in statements.statement_sets() for file in files])
def test_a_statement_has_the_lines_of_its_file(file: Path) -> None:
    read = statements.read(file, Settings()).splitlines()
    text = file.read_text("utf-8").splitlines()
    assert [number for number, line in enumerate(read) if line.startswith("INSERT INTO")] == [
        number for number, line in enumerate(text) if line.startswith("INSERT INTO")
    ]


def test_the_shipped_files_are_whole() -> None:
    statements.require_files()


COLUMNS = ["event_id", "kind", "store_id", "sku", "quantity", "occurred_at", "accepted_at"]


@pytest.mark.parametrize(
    "file", [statements.INVENTORY_LEVELS, statements.STOCK_LEDGER, statements.SALES_PER_MINUTE]
)
def test_the_columns_of_a_statement_for_most_events_are_those_that_it_selects(file: Path) -> None:
    """Flink then passes whole rows on; of others it copies each text."""
    text = statements.read(file, Settings())
    columns = [*COLUMNS, "currency", "line_amount", "reason", "reference", "counterpart"]
    columns += ["recorded_at", "source_topic", "source_partition", "source_offset"]
    (selected,) = re.findall(r"SELECT\s+([\w\s,]+?)\s+FROM deduplicated_events", text)
    assert statements.named(file, columns, Settings()) == re.split(r",\s*", selected)


def test_a_statement_that_selects_everything_has_all_columns() -> None:
    assert statements.named(statements.QUARANTINE, COLUMNS, Settings()) == COLUMNS


def test_a_comment_names_no_column(tmp_path: Path) -> None:
    file = tmp_path / "statement.sql"
    file.write_text("-- kind\nINSERT INTO t SELECT sku, store_id FROM deduplicated_events\n")
    assert statements.named(file, COLUMNS, Settings()) == ["sku", "store_id"]
