"""A database that fails while a page is open: a sentence in each part, no traceback."""

import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, event
from streamlit.testing.v1 import AppTest

from connect.settings import Settings
from dashboard.web import frame
from dashboard.web.page_parts import NO_DATABASE
from tests.support.page_database import filled
from tests.support.page_test import OpenPage, html, line
from tests.support.store_records import level
from views.database.engine import SQLITE_FILE, open_database
from views.database.tables import METADATA


@pytest.fixture
def engine(tmp_path: Path) -> Engine:
    return filled(tmp_path, [level("a", 1)])


def test_a_part_that_cannot_be_read_says_so() -> None:
    def script() -> None:
        from sqlalchemy import create_engine, text  # noqa: PLC0415

        from dashboard.web.page_parts import Parts  # noqa: PLC0415

        def part() -> None:
            with create_engine("sqlite://").connect() as connection:
                connection.execute(text("select 1 from nothing"))

        parts = Parts()
        parts.add(part)
        parts.show()

    app = AppTest.from_function(script, default_timeout=30).run()
    assert not app.exception
    assert NO_DATABASE in html(app)


@pytest.mark.parametrize("page", ["stock", "product", "deliveries", "sales", "book", ""])
def test_a_page_whose_database_fails_after_the_choice_of_the_store_is_a_sentence(
    opened: OpenPage, engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, page: str
) -> None:
    settings = Settings(state=tmp_path)
    monkeypatch.setattr(frame, "_opened", lambda: (settings, engine, {"S1": None}))
    METADATA.drop_all(engine)
    app = opened(engine, page, store="S1", sku="a")
    assert not app.exception
    assert "database" in html(app)


@pytest.fixture
def read_only(tmp_path: Path) -> Iterator[Path]:
    """Let all connections be those of a file that cannot be written, by whichever user."""

    def connect(*_: Any) -> sqlite3.Connection:
        file = f"file:{tmp_path / SQLITE_FILE}?mode=ro"
        return sqlite3.connect(file, uri=True, check_same_thread=False)

    filled(tmp_path, [level("a", 7)], datetime.now(UTC) - timedelta(minutes=5)).dispose()
    event.listen(Engine, "do_connect", connect)
    yield tmp_path
    event.remove(Engine, "do_connect", connect)


def test_a_dashboard_that_starts_on_a_database_that_cannot_be_written_shows_it_as_old(
    opened: OpenPage, read_only: Path
) -> None:
    app = opened(open_database(Settings(state=read_only)), "stock", store="S1")
    assert list(app.dataframe[0].value["on_hand"]) == [7]
    assert line(app)["text"].startswith("These pages are not brought up to date since ")
    assert line(app)["text"].endswith("These numbers are from then.")
