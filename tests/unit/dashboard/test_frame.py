"""The frame of the pages without a browser: choice of the store, line of freshness."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine

from connect.errors import UserError
from connect.settings import Settings
from dashboard.model.signs import Outage, Part
from schemas.generated import InventoryLevel
from schemas.record import Record
from tests.support.page_database import filled, say_read, say_unread
from tests.support.page_test import OpenPage, address, html, line, opener
from tests.support.store_records import level, order, sold, transfer
from views.database.engine import open_database, writing
from views.database.tables import METADATA

RECORDS: list[Record] = [level("a", 1), level("b", 1, store="S2"), order("o", 5)]


@pytest.fixture
def engine(tmp_path: Path) -> Engine:
    return filled(tmp_path, RECORDS)


def test_without_a_choice_the_stores_are_listed_as_links(opened: OpenPage, engine: Engine) -> None:
    app = opened(engine, "deliveries")
    assert '<a href="?store=S1" target="_self">S1</a>' in html(app)
    assert '<a href="?store=S2" target="_self">S2</a>' in html(app)
    assert not app.dataframe


@pytest.mark.parametrize("page", ["stock", "deliveries", "sales", "book"])
def test_where_there_is_no_store_none_is_to_be_chosen(
    opened: OpenPage, tmp_path: Path, page: str
) -> None:
    empty = filled(tmp_path, [])
    assert "No store yet. Stores appear with their first movement." in html(opened(empty, page))
    assert "Choose a store" not in html(opened(empty, page, store="S1"))
    say_unread(empty, InventoryLevel)
    assert "Not read yet" in html(opened(empty, page))


def test_the_only_store_needs_no_choice(opened: OpenPage, tmp_path: Path) -> None:
    app = opened(filled(tmp_path, [order("o", 5)]), "deliveries")
    assert len(app.dataframe) == 1


def test_an_unknown_store_gets_a_sentence_and_the_list_and_stays_in_the_address(
    opened: OpenPage, engine: Engine
) -> None:
    app = opened(engine, "deliveries", store="<b>S9")
    assert "There is no store &lt;b&gt;S9." in html(app)
    assert '<a href="?store=S1"' in html(app)
    assert address(app)["store"] == ["<b>S9"]
    assert not app.dataframe


def test_a_store_may_be_written_in_lower_case(opened: OpenPage, engine: Engine) -> None:
    assert len(opened(engine, "deliveries", store="s1").dataframe) == 1


def test_a_store_that_has_only_an_order_or_a_transfer_can_be_chosen(
    opened: OpenPage, tmp_path: Path
) -> None:
    engine = filled(tmp_path, [level("a", 1, store="S0"), order("o", 5), transfer("t", 3, "S3")])
    app = opened(engine, "deliveries", store="S3")
    assert app.selectbox(key="store").options == ["S0", "S1", "S3"]
    assert "There is no store" not in html(app)


def test_markup_in_a_store_is_shown_as_text(opened: OpenPage, tmp_path: Path) -> None:
    engine = filled(tmp_path, [level("a", 1, store="<b>&"), level("a", 1, store="S2")])
    app = opened(engine, "deliveries")
    assert '<a href="?store=%3Cb%3E%26" target="_self">&lt;b&gt;&amp;</a>' in html(app)


def test_a_store_that_sells_is_up_to_date(opened: OpenPage, tmp_path: Path) -> None:
    engine = filled(tmp_path, [*RECORDS, replace(sold(0, 1), minute_start=datetime.now(UTC))])
    shown = line(opened(engine, "deliveries", store="S1"))
    assert shown["state"] == "live"
    assert "Newest movement in this store" in shown["text"]


def test_a_till_whose_clock_is_ahead_does_not_make_a_store_fresh(
    opened: OpenPage, tmp_path: Path
) -> None:
    now = datetime.now(UTC)
    real = level("a", 1, last_movement_at=now - timedelta(minutes=30))
    ahead = level("b", 1, last_movement_at=now + timedelta(hours=20))
    minute = replace(sold(0, 1, "a"), minute_start=now)
    app = opened(filled(tmp_path, [real, ahead, minute]), "deliveries", store="S1")
    assert "Newest movement in this store 30 min ago." in line(app)["text"]


def test_figures_that_are_not_brought_up_to_date_are_not_green_and_stay(
    opened: OpenPage, tmp_path: Path
) -> None:
    engine = filled(tmp_path, RECORDS, datetime.now(UTC) - timedelta(minutes=5))
    app = opened(engine, "deliveries", store="S1")
    assert line(app)["state"] == "down"
    assert "not brought up to date since" in line(app)["text"]
    assert len(app.dataframe) == 1


def test_a_quiet_evening_is_not_live(opened: OpenPage, engine: Engine) -> None:
    now = datetime.now(UTC)
    with writing(engine) as connection:
        say_read(connection, 8, now, newest_at=now - timedelta(hours=1))
    assert line(opened(engine, "deliveries", store="S1"))["state"] == "quiet"


def test_an_outage_is_named_and_the_figures_stay(
    monkeypatch: pytest.MonkeyPatch, engine: Engine
) -> None:
    broker = Outage(datetime.now(UTC), "No Kafka broker answers.")
    app = opener(monkeypatch, {Part.BROKER: broker})(engine, "deliveries", store="S1")
    assert line(app)["state"] == "down"
    assert "Kafka does not answer since" in line(app)["text"]
    assert len(app.dataframe) == 1


def test_before_the_levels_are_read_the_store_stays_chosen(
    opened: OpenPage, tmp_path: Path
) -> None:
    app = opened(open_database(Settings(state=tmp_path)), "deliveries", store="S1")
    assert line(app)["state"] == "reading"
    assert address(app)["store"] == ["S1"]
    assert not app.dataframe


def test_a_database_that_fails_is_a_sentence(opened: OpenPage, engine: Engine) -> None:
    METADATA.drop_all(engine)
    app = opened(engine, "deliveries", store="S1")
    assert "The read model" in html(app)
    assert not app.dataframe


def test_a_wrong_setting_is_a_sentence_on_every_page(
    opened: OpenPage, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    def wrong() -> Settings:
        raise UserError("INVENTORY_STALL_SECONDS: expected float, got 'soon'.")

    monkeypatch.setattr(Settings, "from_environment", wrong)
    assert "expected float, got &#x27;soon&#x27;" in html(opened(engine, "deliveries"))
