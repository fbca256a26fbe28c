"""A store's name and time zone on the pages, as the contract `store` has them."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine

from schemas.generated import Store
from schemas.record import Record
from tests.support.page_database import filled, write
from tests.support.page_test import OpenPage, html, line
from tests.support.store_records import AT, entry, level, order, transfer

BERLIN = Store(store_id="S1", name="Alexanderplatz", time_zone="Europe/Berlin")
RECORDS: list[Record] = [
    level("a", 1, last_movement_at=AT, counted_at=AT),
    level("a", 2, store="S2", last_movement_at=AT, counted_at=AT),
    order("o", 5),
    transfer("t", 3),
]


@pytest.fixture
def engine(tmp_path: Path) -> Engine:
    return filled(tmp_path, [*RECORDS, BERLIN])


@pytest.mark.parametrize("page", ["today", "stock", "product", "deliveries", "sales", "book"])
def test_each_page_names_its_store_beside_the_id(
    opened: OpenPage, engine: Engine, page: str
) -> None:
    app = opened(engine, page, store="S1")
    assert "Alexanderplatz (S1)" in html(app)
    assert app.selectbox(key="store").value == "S1"


def test_a_store_without_a_record_is_shown_by_its_id(opened: OpenPage, engine: Engine) -> None:
    page = html(opened(engine, "deliveries"))
    assert ">Alexanderplatz (S1)</a>" in page
    assert ">S2</a>" in page
    (transfers,) = [
        frame.value
        for frame in opened(engine, "deliveries", store="S1").dataframe
        if "direction" in frame.value
    ]
    assert list(transfers["store"]) == ["S2"]


def test_the_chain_lists_stores_by_name(opened: OpenPage, engine: Engine) -> None:
    chain = opened(engine, "today").dataframe[0].value
    assert sorted(chain["store"]) == ["Alexanderplatz (S1)", "S2"]


def test_a_store_is_found_by_its_name(opened: OpenPage, engine: Engine) -> None:
    assert "Alexanderplatz (S1)" in html(opened(engine, "deliveries", store="alexanderPLATZ"))


def test_the_field_lists_stores_by_name_and_the_address_takes_what_it_shows(
    opened: OpenPage, engine: Engine
) -> None:
    assert opened(engine, "stock").selectbox(key="store").options == ["Alexanderplatz (S1)", "S2"]
    app = opened(engine, "stock", store="Alexanderplatz (S1)")
    assert app.selectbox(key="store").value == "S1"
    assert "Alexanderplatz (S1)" in html(app)
    assert "There is no store" not in html(app)


def test_an_address_of_before_a_store_was_renamed_leads_to_it(
    opened: OpenPage, engine: Engine
) -> None:
    app = opened(engine, "stock", store="Old Square (S1)")
    assert "Alexanderplatz (S1)" in html(app)
    assert "There is no store" not in html(app)


def test_a_product_that_a_store_never_had_leads_to_the_stock_of_its_name(
    opened: OpenPage, engine: Engine
) -> None:
    page = html(opened(engine, "product", store="S1", sku="nowhere"))
    assert '<a href="stock?store=S1" target="_self">the stock of Alexanderplatz (S1)</a>' in page


def test_a_movement_between_stores_names_the_other_one(opened: OpenPage, engine: Engine) -> None:
    records: list[Record] = [
        Store(store_id="S2", name="Harbour", time_zone="UTC"),
        transfer("out", 2, to_store="S2"),
        entry("1", "transfer_out", -2, AT, reference="out"),
        entry("2", "transfer_in", 3, AT, reference="t"),
        entry("3", "transfer_in", 3, AT, reference="forgotten"),
    ]
    write(engine, records)
    page = html(opened(engine, "product", store="S1", sku="a"))
    for words in (
        "<td>sent to Harbour (S2)</td>",
        "<td>received from Harbour (S2)</td>",
        "<td>received from another store</td>",
        "<td>transfer out</td>",
    ):
        assert words in page


def test_a_store_that_has_only_a_record_can_be_chosen(opened: OpenPage, engine: Engine) -> None:
    write(engine, [Store(store_id="S9", name="New", time_zone="Europe/Berlin")])
    app = opened(engine, "stock", store="S9")
    assert "New (S9)" in html(app)
    assert "There is no store" not in html(app)


def test_markup_in_a_name_is_shown_as_text(opened: OpenPage, tmp_path: Path) -> None:
    engine = filled(tmp_path, [*RECORDS, replace(BERLIN, name="<b>&")])
    assert "&lt;b&gt;&amp; (S1)" in html(opened(engine, "deliveries", store="S1"))


def test_times_are_in_the_zone_of_the_store(opened: OpenPage, engine: Engine) -> None:
    assert line(opened(engine, "stock", store="S1"))["zone"] == "Europe/Berlin"
    (orders, _) = opened(engine, "deliveries", store="S1").dataframe
    assert list(orders.value["due"]) == ["2026-01-31 10:00"]
    table = opened(engine, "stock", store="S1", columns=["Last movement"]).dataframe[0]
    assert "2026-01-31 10:00" in table.value.iloc[0].astype(str).tolist()


@pytest.mark.parametrize("zone", [None, "Mars/Olympus"])
def test_without_a_known_zone_times_are_in_that_of_the_browser(
    opened: OpenPage, tmp_path: Path, zone: str | None
) -> None:
    fact = [replace(BERLIN, time_zone=zone)] if zone else []
    page = opened(filled(tmp_path, [*RECORDS, *fact]), "stock", store="S1")
    assert line(page)["zone"] == "UTC"


def test_the_last_hour_ends_with_the_current_minute_in_the_zone_of_the_business_days(
    opened: OpenPage, engine: Engine
) -> None:
    app = opened(engine, "sales", store="S1")
    labels = [metric.label for metric in app.metric if metric.label.startswith("Units sold")]
    ends = [datetime.now(UTC) - timedelta(minutes=back) for back in (0, 1)]
    assert labels[0] in {
        f"Units sold in the last hour, {end - timedelta(hours=1):%H:%M} to {end:%H:%M} (UTC)"
        for end in ends
    }
