"""The size of SQLite's log, which each process of the read model shares."""

import shutil
from pathlib import Path

from sqlalchemy import Engine

from connect.settings import Settings
from views.database.engine import LOG_BYTES, SQLITE_FILE, open_database, writing

LOG = f"{SQLITE_FILE}-wal"


def test_the_long_log_of_a_killed_process_is_cut_when_the_next_one_writes(tmp_path: Path) -> None:
    killed, folder = tmp_path / "killed", tmp_path / "next"
    engine = open_database(Settings(state=killed))
    with writing(engine) as connection:
        connection.exec_driver_sql("create table long (content)")
        connection.exec_driver_sql(f"insert into long values (zeroblob({2 * LOG_BYTES}))")
    shutil.copytree(killed, folder)  # as they are while the process has them open
    engine.dispose()
    assert (folder / LOG).stat().st_size > LOG_BYTES

    engine = open_database(Settings(state=folder))
    for number in range(2):  # the first one copies the log, the second one begins it anew
        _write(engine, number)
    assert (folder / LOG).stat().st_size <= LOG_BYTES
    engine.dispose()


def _write(engine: Engine, number: int) -> None:
    with writing(engine) as connection:
        connection.exec_driver_sql(f"insert into long values ({number})")
