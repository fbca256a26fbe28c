"""SQLite's file is deleted under open connections: that is an error, and the next file is read."""

from pathlib import Path

import pytest
from sqlalchemy import Engine, func, select

from connect.errors import UserError
from connect.settings import Settings
from schemas.generated import InventoryLevel
from tests.support.page_database import filled
from tests.support.store_records import level
from views.database.engine import SQLITE_FILE, database_answers
from views.database.tables import TABLES


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
