"""Above every page of a store: refused messages, missing topics, records that are skipped."""

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine
from streamlit.testing.v1 import AppTest

from dashboard.text.quarantine_words import LATE_COUNT
from schemas.generated import OpenOrder, OpenTransfer, QuarantinedRecord
from schemas.record import Record
from tests.support.page_database import filled, say_read, write
from tests.support.page_test import OpenPage, html
from tests.support.pipeline_answers import refused
from tests.support.refused_messages import HEADER, about, avro, late_count_in
from tests.support.store_records import level, product
from views.database.engine import writing

pytestmark = pytest.mark.usefixtures("now_at_the_start")
NOW = datetime.now(UTC)
OF_STORE = "Refused messages: for operators, nothing to do here"
PAGES = ("today", "stock", "product", "deliveries", "sales", "book")


@pytest.fixture
def engine(tmp_path: Path) -> Engine:
    return filled(tmp_path, [level("a", 1), level("a", 1, store="S2")])


def badges(app: AppTest) -> list[str]:
    """Return the labels of the links to the page Pipeline."""
    links = app.get("page_link")
    assert {link.proto.page for link in links} <= {"pipeline"}
    return [link.proto.label for link in links]


@pytest.mark.parametrize("page", PAGES)
def test_every_page_leads_to_pipeline_when_a_message_was_refused(
    opened: OpenPage, engine: Engine, page: str
) -> None:
    write(engine, [replace(refused(1, "magic", 1), quarantined_at=NOW)])
    assert badges(opened(engine, page, store="S1")) == [OF_STORE]


@pytest.mark.parametrize(
    "message",
    [
        {"raw_value": avro(about("S2", "a"))},
        {"raw_value": b"?", "raw_key": HEADER + b"\4S2\2a"},
        {"raw_value": None, "raw_key": None, "sentence": "not counted: 5 of a in S2; event_id e"},
    ],
)
def test_a_refused_message_that_names_a_store_is_on_the_pages_of_that_store_only(
    opened: OpenPage, engine: Engine, message: dict[str, Any]
) -> None:
    one = replace(refused(1, "contract", 1), quarantined_at=NOW)
    write(engine, [replace(one, **message)])
    assert badges(opened(engine, "stock", store="S1")) == []
    assert badges(opened(engine, "stock", store="S2")) == [OF_STORE]
    assert badges(opened(engine, "today")) == ["1 message was refused"]


@pytest.mark.parametrize(
    ("reasons", "line"),
    [
        ({"time", "magic"}, "Refused messages: check the clocks of your tills"),
        ({"too_late"}, "Refused messages came too late: check the clocks and the connection of "
         "your tills"),
        ({"late_count", "contract"}, OF_STORE),
        ({"contract"}, OF_STORE),
    ],
)  # fmt: skip
def test_a_store_reads_what_it_can_do_about_its_own_messages(
    opened: OpenPage, engine: Engine, reasons: set[str], line: str
) -> None:
    messages: list[Record] = [
        replace(refused(number, reason, 1), quarantined_at=NOW, raw_value=avro(about("S2", "a")))
        for number, reason in enumerate(sorted(reasons))
    ]
    write(engine, messages)
    assert badges(opened(engine, "stock", store="S2")) == [line]
    assert badges(opened(engine, "stock", store="S1")) == []


def late_count(offset: int, sku: str, **more: Any) -> QuarantinedRecord:
    return replace(late_count_in("S2", offset, sku), **more)


def links(app: AppTest) -> list[tuple[str, str]]:
    """Return the links below the sentence of counts that came too late: (words, address)."""
    _, _, after = html(app).partition(f"{LATE_COUNT}<ul>")
    return [
        (words, address)
        for address, words in re.findall('href="(.*?)".*?>(.*?)</a>', after.partition("</ul>")[0])
    ]


def test_a_count_that_came_too_late_is_named_with_product_amount_and_time_and_leads_to_book(
    opened: OpenPage, engine: Engine
) -> None:
    write(engine, [product("a", name="Milk"), late_count(1, "a")])
    app = opened(engine, "stock", store="S2")
    at = NOW - timedelta(days=9)
    words = f"Milk · a: 12, counted {at:%a} {at.day} {at:%b %H:%M} (UTC)"
    assert links(app) == [(words, "book?store=S2&amp;sku=a")]
    assert badges(app) == []
    assert links(opened(engine, "stock", store="S1")) == []


def test_without_a_store_the_counts_that_came_too_late_are_named_with_their_stores(
    opened: OpenPage, engine: Engine
) -> None:
    of_store = replace(late_count_in("S1", 9, "b"), quarantined_at=NOW)
    write(engine, [product("a", name="Milk"), late_count(1, "a"), of_store])
    named = [
        (words.partition(",")[0], address) for words, address in links(opened(engine, "today"))
    ]
    assert named == [
        ("S1: (not in the catalogue) · b: 12", "book?store=S1&amp;sku=b"),
        ("S2: Milk · a: 12", "book?store=S2&amp;sku=a"),
    ]


def test_a_shelf_that_was_counted_since_need_not_be_counted_again(
    opened: OpenPage, engine: Engine
) -> None:
    since = NOW - timedelta(days=8)
    records: list[Record] = [level("b", 3, store="S2", counted_at=since), late_count(1, "b")]
    write(engine, records)
    assert links(opened(engine, "stock", store="S2")) == []
    write(engine, [late_count(2, "a"), late_count(3, "a")])
    ((words, _),) = links(opened(engine, "stock", store="S2"))
    assert words.startswith("(not in the catalogue) · a: 12, counted ")


def test_a_late_count_that_cannot_be_read_leads_to_book_without_a_product(
    opened: OpenPage, engine: Engine
) -> None:
    damaged = late_count(1, "a").raw_value
    assert damaged is not None
    write(engine, [replace(late_count(1, "a"), raw_value=damaged[:-9])])
    assert links(opened(engine, "stock", store="S2")) == [("Book", "book?store=S2")]


def test_a_message_of_no_known_store_says_nothing_about_the_clocks_of_one(
    opened: OpenPage, engine: Engine
) -> None:
    write(engine, [replace(refused(1, "time", 1), quarantined_at=NOW)])
    assert badges(opened(engine, "stock", store="S1")) == [OF_STORE]


def test_a_store_is_not_bothered_with_messages_of_long_ago(
    opened: OpenPage, engine: Engine
) -> None:
    write(engine, [refused(1, "magic", 1)])
    assert badges(opened(engine, "stock", store="S1")) == []


def test_messages_that_were_refused_long_ago_are_not_counted(
    opened: OpenPage, engine: Engine
) -> None:
    write(engine, [refused(1, "magic", 1)])
    assert badges(opened(engine, "today")) == []
    new: list[QuarantinedRecord] = [
        replace(refused(number, "magic", number), quarantined_at=NOW) for number in (2, 3)
    ]
    write(engine, new)
    assert badges(opened(engine, "today")) == ["2 messages were refused"]


def test_missing_topics_are_named_and_their_figures_are_unknown_and_not_zero(
    opened: OpenPage, engine: Engine
) -> None:
    write(engine, [], unknown=(OpenOrder, OpenTransfer))
    app = opened(engine, "deliveries", store="S1")
    assert "Missing topics: open-orders, open-transfers. Their figures are not shown." in html(app)
    assert "No data about orders." in html(app)
    assert "No data about transfers." in html(app)
    assert "<small>none</small>" not in html(app)
    product = opened(engine, "product", store="S1", sku="a")
    assert {one.label: one.value for one in product.metric}["On order"] == "\u2013"


def test_records_that_cannot_be_decoded_are_counted(opened: OpenPage, engine: Engine) -> None:
    with writing(engine) as connection:
        say_read(connection, 8, NOW, undecodable=2)
    page = html(opened(engine, "stock", store="S1"))
    assert "Not shown, because they cannot be decoded: 2 of " in page
    assert "2 of products" in page


def test_without_gaps_there_is_no_notice(opened: OpenPage, engine: Engine) -> None:
    app = opened(engine, "stock", store="S1")
    assert badges(app) == []
    assert "cannot be decoded" not in html(app)
    assert "Missing topics" not in html(app)
