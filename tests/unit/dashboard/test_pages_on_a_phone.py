"""Tables on a phone: what matters is in view, and rows are as high as a finger needs."""

from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import streamlit as st

from dashboard.web import shelf_table
from dashboard.web.row_height import row_height
from schemas.record import Record
from tests.support.page_database import filled
from tests.support.page_test import OpenPage
from tests.support.store_records import level, order, product, transfer

RECORDS: list[Record] = [
    product("a", name="Milk"),
    level("a", 1),
    level("a", 1, store="S2"),
    order("o", 5),
    transfer("t", 3),
]
PHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5) AppleWebKit/605.1 Version/17.5 Mobile/15E148"
DESK = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/126.0 Safari/537.36"

PHONE_WIDTH = 358
"""Pixels of a table on a screen of 390."""
CHECKBOX = 34
ON_HAND = 64
NEGATIVE = 80
"""Pixels of the columns, as they are drawn: the last one of "negative"."""


def test_the_first_columns_of_each_table_are_those_that_matter(
    opened: OpenPage, tmp_path: Path
) -> None:
    engine = filled(tmp_path, RECORDS)
    pages = [
        opened(engine, "stock", store="S1"),
        opened(engine, "product", store="S1", sku="a"),
        opened(engine, "deliveries", store="S1"),
        opened(engine, "today"),
    ]
    first = [list(table.value.columns)[:2] for page in pages for table in page.dataframe]
    assert first == [
        ["name", "on_hand"],
        ["on_hand", "store"],
        ["state", "remaining"],
        ["direction", "in_transit"],
        ["open", "store"],
    ]


@pytest.mark.parametrize(
    ("browser", "height"), [(PHONE, 44), (DESK, 35), (None, 35)], ids=["phone", "desk", "unknown"]
)
def test_rows_are_higher_in_the_browser_of_a_phone(
    monkeypatch: pytest.MonkeyPatch, browser: str | None, height: int
) -> None:
    headers = {"User-Agent": browser} if browser else {}
    monkeypatch.setattr(st, "context", SimpleNamespace(headers=headers))
    assert row_height() == height


def test_the_longest_state_and_the_amount_are_in_view_on_a_phone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    theme = SimpleNamespace(type="light")
    monkeypatch.setattr(st, "context", SimpleNamespace(headers={"User-Agent": PHONE}, theme=theme))
    table = shelf_table.frame([], shelf_table.USUAL, datetime.now(UTC), UTC)
    widths = {
        name: column["width"]
        for name, column in shelf_table.config(shelf_table.USUAL, UTC, table).items()
    }
    assert widths["status"] >= NEGATIVE
    assert widths["name"] + widths["status"] <= PHONE_WIDTH - CHECKBOX - ON_HAND


def test_a_table_is_as_high_as_its_rows(
    opened: OpenPage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    heights: dict[str, object] = {}
    drawn = st.dataframe

    def draw(*args: Any, **options: Any) -> Any:
        heights[options["key"]] = options.get("height", "auto")
        return drawn(*args, **options)

    monkeypatch.setattr(st, "dataframe", draw)
    engine = filled(tmp_path, RECORDS)
    for page in ("stock", "deliveries"):
        opened(engine, page, store="S1")
    assert heights == dict.fromkeys(("stock", "orders", "transfers"), "auto")
