"""The commands refuse by a sentence, before they reach for Kafka or write anything."""

import stat
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import insert, select

from alerts.outbox import STATES, open_outbox
from backup import create as create_module
from backup import restore as restore_module
from backup.__main__ import main
from backup.manifest import FILE, SUFFIX
from backup.saved_rows import require_no_rows, restore_rows, saved_rows
from connect.errors import UserError
from connect.settings import Settings
from tests.support.saved_backup import saved
from views.database.acknowledgements import ACKNOWLEDGEMENTS
from views.database.engine import open_database, writing

NO_KAFKA = {"INVENTORY_KAFKA": "127.0.0.1:1"}


def refusal(*arguments: str) -> str:
    result = CliRunner().invoke(main, arguments, env=NO_KAFKA)
    assert result.exit_code == 1, result.output
    return result.output


def test_a_damaged_backup_is_named_before_kafka_is_needed(tmp_path: Path) -> None:
    saved(tmp_path)
    file = tmp_path / f"shipments-0-1{SUFFIX}"
    file.write_bytes(file.read_bytes()[:-1])
    for command in ("verify", "restore"):
        assert f"{file} is damaged: expected" in refusal(command, str(tmp_path))


def test_a_folder_without_a_complete_backup_is_named(tmp_path: Path) -> None:
    (tmp_path / f"shipments-0-1{SUFFIX}").write_bytes(b"of a backup that was killed")
    assert f"{FILE} is missing" in refusal("restore", str(tmp_path))


def test_a_folder_with_something_else_is_not_written_to(tmp_path: Path) -> None:
    (tmp_path / "holiday.jpg").write_bytes(b"")
    assert "is not empty and has no backup, but holiday.jpg" in refusal("create", str(tmp_path))
    assert [file.name for file in tmp_path.iterdir()] == ["holiday.jpg"]


def test_two_backups_do_not_write_into_one_folder_at_once(tmp_path: Path) -> None:
    with create_module._alone(tmp_path):
        assert "Another backup is written into" in refusal("create", str(tmp_path))


def test_the_content_of_a_whole_backup_is_printed(tmp_path: Path) -> None:
    saved(tmp_path)
    result = CliRunner().invoke(main, ["verify", str(tmp_path)])
    assert result.exit_code == 0
    assert "is whole. It has 40 messages of 1 topics in 1 files" in result.output
    assert "acknowledged before 2026-01-31 09:00:00 UTC" in result.output


def test_files_are_readable_by_their_owner_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def write(_settings: Settings, folder: Path, _note: object) -> object:
        folder.mkdir()
        return saved(folder)

    monkeypatch.setattr("backup.__main__.create", write)
    folder = tmp_path / "new"
    result = CliRunner().invoke(main, ["create", str(folder)])
    assert result.exit_code == 0, result.output
    assert {stat.S_IMODE(file.stat().st_mode) for file in folder.iterdir()} == {0o600}
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_settings_that_decide_on_names_must_be_those_of_the_backup(tmp_path: Path) -> None:
    backup = saved(tmp_path, settings=Settings(prefix="blue."))
    with pytest.raises(UserError, match=r"INVENTORY_PREFIX: expected 'blue\.', .* got ''"):
        restore_module._require_same_names(Settings(), backup)


def test_settings_that_differ_are_named_but_for_those_of_the_place(tmp_path: Path) -> None:
    backup = saved(tmp_path, settings=Settings(time_zone="Europe/Berlin", kafka_port=9))
    differences = restore_module._differences(Settings(state=tmp_path, kafka="k:1"), backup)
    assert list(differences) == [("INVENTORY_TIME_ZONE", "Europe/Berlin")]


def test_rows_that_no_topic_fills_are_restored_into_an_empty_database_only(
    database: Settings, tmp_path: Path
) -> None:
    at = datetime(2026, 1, 31, 9, tzinfo=UTC)
    noted = {"store_id": "s", "sku": "k", "need": "low", "acknowledged_at": at, "until": None}
    alerted = {"kind": "low", "store_id": "s", "sku": "k", "alerted_at": at, "over_since": at}
    engine = open_outbox(database)
    with writing(engine) as connection:
        connection.execute(insert(ACKNOWLEDGEMENTS), noted)
        connection.execute(insert(STATES), alerted)
    rows = saved_rows(database)
    with pytest.raises(UserError, match="is not empty: it has rows in acknowledgements"):
        require_no_rows(database)
    new = replace(database, database="", state=tmp_path / "new")
    require_no_rows(new)
    restore_rows(new, rows)
    assert saved_rows(new) == rows
    with open_database(new).connect() as connection:
        assert connection.execute(select(ACKNOWLEDGEMENTS)).mappings().one() == noted
        assert connection.execute(select(STATES)).mappings().one() == alerted


def test_without_a_database_there_are_no_rows(tmp_path: Path) -> None:
    assert saved_rows(Settings(state=tmp_path / "none")) == {}
    assert not (tmp_path / "none").exists()
