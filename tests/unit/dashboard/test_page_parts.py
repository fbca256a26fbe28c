"""The parts of a page are drawn by one run, with one timer."""

from pathlib import Path

import pytest
from sqlalchemy import Engine
from streamlit.runtime import fragment
from streamlit.testing.v1 import AppTest

from dashboard.web.page_parts import NO_DATABASE
from tests.support.page_database import filled
from tests.support.page_test import OpenPage, html
from tests.support.store_records import level, order, transfer


@pytest.fixture
def engine(tmp_path: Path) -> Engine:
    return filled(tmp_path, [level("a", 1), order("o", 5), transfer("t", 3, "S2")])


@pytest.mark.parametrize("page", ["today", "", "product", "deliveries", "sales", "book"])
def test_a_page_has_one_timer(
    opened: OpenPage, engine: Engine, monkeypatch: pytest.MonkeyPatch, page: str
) -> None:
    timers = []

    def note(interval: str) -> float:
        timers.append(interval)
        return 1.0

    monkeypatch.setattr(fragment, "time_to_seconds", note)
    opened(engine, page, store="S1", sku="a")
    assert timers == ["1s"]


def test_after_a_part_that_cannot_be_read_the_others_are_not_tried() -> None:
    def script() -> None:
        import streamlit as st  # noqa: PLC0415
        from sqlalchemy import create_engine, text  # noqa: PLC0415

        from dashboard.web.page_parts import Parts  # noqa: PLC0415

        def fails() -> None:
            with create_engine("sqlite://").connect() as connection:
                connection.execute(text("select 1 from nothing"))

        def first() -> None:
            st.html("first")

        def last() -> None:
            st.html("last")

        parts = Parts()
        for draw in (first, fails, last):
            parts.add(draw)
        parts.show()

    app = AppTest.from_function(script, default_timeout=30).run()
    assert not app.exception
    assert html(app).count(NO_DATABASE) == 2
    assert "first" in html(app)
    assert "last" not in html(app)
