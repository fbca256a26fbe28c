"""SQLite's file is deleted under open connections: that is an error, and the next file is read."""

from os import SEEK_END
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import Engine, func, select

from connect.errors import UserError
from connect.settings import Settings
from schemas.generated import InventoryLevel
from tests.support.page_database import filled
from tests.support.store_records import level
from views.__main__ import main
from views.database.engine import SQLITE_FILE, database_answers
from views.database.tables import TABLES

PAGE = 4096
"""Bytes of a page of SQLite's files."""


def levels(engine: Engine, settings: Settings) -> int:
    with database_answers(settings), engine.connect() as connection:
        number = connection.scalar(select(func.count()).select_from(TABLES[InventoryLevel]))
    return int(number or 0)


def delete(folder: Path) -> None:
    for file in folder.glob(f"{SQLITE_FILE}*"):
        file.unlink()


def test_a_deleted_file_is_an_error_until_there_is_another_which_is_read(tmp_path: Path) -> None:
    settings = Settings(state=tmp_path)
    engine = filled(tmp_path, [level("a", 1)])
    assert levels(engine, settings) == 1
    delete(tmp_path)
    with pytest.raises(UserError, match=f"{SQLITE_FILE} was deleted"):
        levels(engine, settings)
    filled(tmp_path, [level("a", 1), level("b", 1)]).dispose()
    assert levels(engine, settings) == 2


@pytest.mark.parametrize("folder", ["plain", "50% of #1?"])
def test_a_new_connection_makes_no_file_in_place_of_a_deleted_one(
    tmp_path: Path, folder: str
) -> None:
    settings = Settings(state=tmp_path / folder)
    engine = filled(settings.state, [level("a", 1)])
    engine.dispose()  # connections of the pool
    assert levels(engine, settings) == 1
    engine.dispose()
    delete(settings.state)
    with pytest.raises(UserError, match=f"{SQLITE_FILE} was deleted"):
        levels(engine, settings)
    assert not list(settings.state.iterdir())
    filled(settings.state, [level("a", 1), level("b", 1)]).dispose()
    assert levels(engine, settings) == 2


@pytest.mark.parametrize("command", ["status", "rebuild"])
def test_a_damaged_file_is_named_with_what_to_do_which_helps(tmp_path: Path, command: str) -> None:
    filled(tmp_path, [level(f"sku{number}", 1) for number in range(1000)]).dispose()
    with (tmp_path / SQLITE_FILE).open("r+b") as file:
        size = file.seek(0, SEEK_END)
        # The first page, by which a file is opened, stays as it is.
        for page in range(1, size // PAGE):
            file.seek(page * PAGE)
            file.write(b"\xff" * PAGE)
    environment = {"INVENTORY_STATE": str(tmp_path)}
    done = CliRunner().invoke(main, [command], env=environment)
    assert "malformed: delete the file" in done.output
    assert isinstance(done.exception, SystemExit)
    delete(tmp_path)
    assert CliRunner().invoke(main, [command], env=environment).exit_code == 0


def test_a_database_in_which_nothing_was_read_is_worded_as_one_sentence(tmp_path: Path) -> None:
    done = CliRunner().invoke(main, ["status"], env={"INVENTORY_STATE": str(tmp_path)})
    assert done.output.endswith("The read model has read no topic yet.\n")
