"""Refused messages of a product are in its book, and the lines shown still add up."""

import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dashboard.queries.refusals import StoreNames, concerns, refusals
from schemas.avro import encode
from schemas.generated import Adjustment, QuarantinedRecord, Redrive, Transaction
from schemas.record import Record
from tests.support.page_database import filled, write
from tests.support.page_test import OpenPage, html
from tests.support.refused_messages import HEADER, NOW, about, avro
from tests.support.store_records import entry, level, product

pytestmark = pytest.mark.usefixtures("now_at_the_start")
NUMBERS = iter(range(1, 10**9))


def refused(value: bytes | None, key: bytes | None = b"", **more: Any) -> QuarantinedRecord:
    return QuarantinedRecord(
        **{
            "source_topic": "transactions",
            "source_partition": 0,
            "source_offset": next(NUMBERS),
            "reason": "contract",
            "sentence": "quantity: not 0",
            "sent_at": NOW - timedelta(hours=1),
            "quarantined_at": NOW,
            "raw_key": key,
            "raw_value": value,
            "complete": True,
            **more,
        }
    )


CODES = st.text(st.sampled_from("0123ab_é"), min_size=1, max_size=3)


@settings(max_examples=60, deadline=None)
@given(store=CODES, sku=CODES, other_store=CODES, other_sku=CODES)
@pytest.mark.parametrize("record_type", [Transaction, Adjustment])
def test_the_shelf_of_an_event_is_known_by_its_bytes(
    record_type: type[Record], store: str, sku: str, other_store: str, other_sku: str
) -> None:
    row = refused(avro(about(store, sku, record_type))).to_dict()
    assert concerns(row, store, sku)
    if (other_store, other_sku) != (store, sku):
        assert not concerns(row, other_store, other_sku)


@settings(max_examples=60, deadline=None)
@given(stores=st.sets(CODES | st.text("a", min_size=62, max_size=70)), sku=CODES, data=st.data())
def test_the_stores_that_a_message_names_are_those_that_are_in_its_bytes(
    stores: set[str], sku: str, data: st.DataObject
) -> None:
    event = data.draw(st.sampled_from(sorted(stores | {"another"})))
    row = refused(avro(about(event, sku))).to_dict()
    named = StoreNames(stores).of(row)
    assert named == {one for one in stores if encode.text(one) in row["raw_value"]}
    assert (event in named) == (event in stores)


def test_damaged_messages_are_known_by_their_key_and_uncounted_ones_by_their_sentence() -> None:
    assert concerns(refused(b"?", HEADER + b"\4S1\10milk").to_dict(), "S1", "milk")
    sentence = "not counted: 5 of milk in S1; event_id e"
    assert concerns(refused(None, None, sentence=sentence).to_dict(), "S1", "milk")
    assert not concerns(refused(None, None, sentence=sentence).to_dict(), "S", "milk")
    assert not concerns(refused(b"", b"").to_dict(), "S1", "milk")


RECORDS: list[Record] = [
    product("milk"),
    level("milk", 17),
    entry("a", "shipment", 20, NOW - timedelta(hours=3), "milk"),
    entry("b", "sale", -3, NOW, "milk"),
    refused(avro(about("S1", "milk"))),
    refused(avro(about("S1", "bread"))),
    refused(avro(about("S1", "milk")), sent_at=NOW - timedelta(days=9), reason="late_count"),
]


def cells(page: str) -> list[list[str]]:
    rows = re.findall(r"<tr[^>]*>(<td.*?)</tr>", page.split('<table class="inv-book">')[1])
    return [re.findall(r"<td[^>]*>(.*?)</td>", row)[1:4] for row in rows]


def test_refused_messages_stand_in_order_of_time_and_have_no_units(
    tmp_path: Path, opened: OpenPage
) -> None:
    page = html(opened(filled(tmp_path, RECORDS), "product", store="S1", sku="milk"))
    assert "Why 17?" in page
    assert cells(page) == [
        ["sold", "\u22123", "17"],
        ["✕ refused", "", ""],
        ["delivered", "+20", "20"],
        ["✕ refused", "", ""],
    ]
    assert "has a value that its contract does not allow; changes nothing" in page


def test_a_repeat_with_other_content_is_marked_and_so_is_the_movement_that_counts(
    tmp_path: Path, opened: OpenPage
) -> None:
    sentence = (
        "this event_id came before with other content; not counted: 9 of milk in S1; event_id b"
    )
    repeat = refused(None, None, reason="conflict", sentence=sentence, sent_at=None)
    page = html(opened(filled(tmp_path, [*RECORDS, repeat]), "product", store="S1", sku="milk"))
    assert cells(page)[:2] == [["✕ repeated", "", ""], ["sold", "\u22123", "17"]]
    assert page.count("came again with other content, counted once") == 1


def test_a_past_moment_has_the_messages_until_then(tmp_path: Path, opened: OpenPage) -> None:
    app = opened(filled(tmp_path, RECORDS), "product", store="S1", sku="milk")
    then = NOW - timedelta(hours=2)
    app.datetime_input[0].set_value(then.replace(tzinfo=None)).run()
    assert cells(html(app)) == [["delivered", "+20", "20"], ["✕ refused", "", ""]]


def test_a_message_that_was_sent_again_is_no_longer_refused(tmp_path: Path) -> None:
    database = filled(tmp_path, RECORDS)
    assert len(refusals(database, "S1", "milk")) == 2
    again = Redrive(
        source_topic="transactions",
        source_partition=0,
        source_offset=RECORDS[4].to_dict()["source_offset"],
        redriven_at=NOW,
        redriven_by="Ada",
        repaired=False,
        sent_partition=0,
        sent_offset=0,
    )
    write(database, [again])
    assert len(refusals(database, "S1", "milk")) == 1
