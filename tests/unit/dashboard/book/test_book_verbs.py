"""The four verbs of the page Book: what is sent, and what the books say then."""

from pathlib import Path

import pytest
from sqlalchemy import Engine

from dashboard.booking.desk import Desk
from dashboard.text.display_text import literal
from schemas.generated import (
    Adjustment,
    Shipment,
    StockCount,
    Store,
    Transfer,
)
from tests.support.booking_page import (
    ID,
    Kafka,
    amounts,
    choices,
    enter,
    entry,
    filled,
    replaced,
    sent,
    shown,
    write,
)
from tests.support.page_test import OpenPage, html
from tests.support.store_records import level, order, product, transfer

UNSENT = "Nothing is booked yet: if it is right, tick it and press Book again."


def test_a_count_is_sent_with_its_person_and_shown_when_the_books_have_it(
    opened: OpenPage, engine: Engine, desk: Desk, kafka: Kafka
) -> None:
    app = enter(opened(engine, **choices(sku="007")), 12)
    sent(desk)
    (event,) = kafka.events
    assert isinstance(event, StockCount)
    assert (event.event_id, event.store_id, event.sku, event.quantity) == (ID, "S1", "007", 12)
    assert kafka.headers == [[("booked-by", b"Ada")]]
    assert "under way to the books since" in shown(app.run())

    write(engine, [entry(event)])
    assert "Counted 12, was 9; accepted, and the new level is under way" in shown(app.run())
    replaced(engine, level("007", 12, version=2, last_movement_at=event.counted_at))
    at = f"{event.counted_at:%H:%M:%S} (UTC)"
    assert f"Counted 12, was 9; the books say 12 since {at}." in shown(app.run())


def test_the_form_of_a_transfer_has_the_words_of_a_store(opened: OpenPage, engine: Engine) -> None:
    app = opened(engine, **choices(sku="a", verb="Transfer"))
    assert amounts(app)[0].label == "Units sent"
    next(each for each in app.button if each.label == "Book").click().run()
    assert "To store is missing: choose a store." in shown(app)
    assert "Units sent is missing: enter a whole number from 1 to 1,000,000." in shown(app)
    app = opened(engine, **choices(sku="a", verb="Receive"))
    app.radio[0].set_value(("t", "S2")).run()
    assert amounts(app)[0].label == "Units received"


def test_goods_are_received_against_the_order_that_is_expected(
    opened: OpenPage, engine: Engine, desk: Desk, kafka: Kafka
) -> None:
    app = opened(engine, **choices(sku="a", verb="Receive"))
    assert app.radio[0].options == [
        "Order o, due 2026-01-31 09:00 (UTC)",
        "Transfer t from S2",
        "Goods without an order",
    ]
    assert app.radio[0].proto.captions == ["5 still to come", "3 on the way"]
    enter(app, 5)
    sent(desk)
    (event,) = kafka.events
    assert isinstance(event, Shipment)
    assert (event.order_id, event.quantity) == ("o", 5)


def test_goods_that_are_on_their_way_are_in_the_words_of_a_shop(
    opened: OpenPage, engine: Engine
) -> None:
    write(
        engine,
        [
            Store(store_id="S2", name="Harbour", time_zone="UTC"),
            order("order:4711", 6),
            transfer(ID, 2),
        ],
    )
    app = opened(engine, **choices(sku="a", verb="Receive"))
    words = dict(zip(app.radio[0].options, app.radio[0].proto.captions, strict=False))
    assert words["Order 4711, due 2026-01-31 09:00 (UTC)"] == "6 still to come"
    assert words["Transfer t from Harbour (S2)"] == "3 on the way"
    assert words["Transfer booked by hand, 0000 from Harbour (S2)"] == "2 on the way"


def test_goods_are_received_from_a_transfer(
    opened: OpenPage, engine: Engine, desk: Desk, kafka: Kafka
) -> None:
    app = opened(engine, **choices(sku="a", verb="Receive"))
    app.radio[0].set_value(("t", "S2")).run()
    enter(app, 3)
    sent(desk)
    (event,) = kafka.events
    assert isinstance(event, Transfer)
    assert (event.transfer_id, event.phase, event.to_store) == ("t", "received", "S1")


def test_goods_are_sent_to_another_store(
    opened: OpenPage, engine: Engine, desk: Desk, kafka: Kafka
) -> None:
    app = opened(engine, **choices(sku="a", verb="Transfer"))
    enter(app, 2, To="S2")
    sent(desk)
    (event,) = kafka.events
    assert isinstance(event, Transfer)
    assert (event.from_store, event.to_store, event.phase) == ("S1", "S2", "shipped")


def test_where_no_other_store_is_known_no_goods_are_sent(
    opened: OpenPage, tmp_path: Path, kafka: Kafka
) -> None:
    engine = filled(tmp_path / "one", [product("a", name="Eggs"), level("a", 4)])
    app = opened(engine, **choices(sku="a", verb="Transfer"))
    assert "No other store is known, to which goods could be sent." in html(app)
    assert not [each.label for each in app.button]
    assert not amounts(app)
    assert not kafka.events


def test_an_adjustment_has_a_reason(
    opened: OpenPage, engine: Engine, desk: Desk, kafka: Kafka
) -> None:
    app = opened(engine, **choices(sku="a", verb="Adjust"))
    enter(app, -2, Reason="damage")
    sent(desk)
    (event,) = kafka.events
    assert isinstance(event, Adjustment)
    assert (event.quantity, event.reason) == (-2, "damage")


@pytest.mark.parametrize(
    "case",
    [
        ("Transfer", None, 4000, {"To": "S2"}, "By the books, 4 is on hand."),
        ("Receive", ("o",), 50, {}, "By the books, 5 is still to come."),
        ("Receive", ("t", "S2"), 30, {}, "By the books, 3 is still to come."),
        ("Adjust", None, 0, {"Reason": "correction"}, "0 changes nothing."),
        ("Adjust", None, -5, {"Reason": "theft"}, "By the books, 4 is on hand."),
        ("Adjust", None, 2, {"Reason": "damage"}, "Units that are gone have a minus: -2."),
        ("Adjust", None, -2, {"Reason": "found"}, "Units that were found have no minus."),
    ],
)
def test_an_unlikely_amount_is_sent_only_when_it_is_confirmed(
    opened: OpenPage,
    engine: Engine,
    desk: Desk,
    kafka: Kafka,
    case: tuple[str, tuple[str, ...] | None, int, dict[str, str], str],
) -> None:
    verb, goods, quantity, chosen, question = case
    app = opened(engine, **choices(sku="a", verb=verb))
    if goods is not None:
        app.radio[0].set_value(goods).run()
    enter(app, quantity, **chosen)
    assert [each.value for each in app.warning] == [f"{literal(question)} {UNSENT}"]
    enter(app)
    assert desk.booking(ID) is None
    app.checkbox[0].check()
    enter(app)
    sent(desk)
    assert [each.quantity for each in kafka.events] == [quantity]


def test_an_amount_that_is_the_code_of_a_product_is_sent_only_when_it_is_confirmed(
    opened: OpenPage, engine: Engine, desk: Desk, kafka: Kafka
) -> None:
    write(engine, [product("4011", name="Bananas"), product("12", name="Dozen")])
    app = enter(opened(engine, **choices(sku="a")), 4011)
    assert [each.value for each in app.warning] == [
        f"4011 is the code of a product: Bananas · 4011. {UNSENT}"
    ]
    assert desk.booking(ID) is None
    enter(app, 12)
    sent(desk)
    assert [each.quantity for each in kafka.events] == [12]


def test_without_a_name_the_page_says_what_comes_next(opened: OpenPage, engine: Engine) -> None:
    app = opened(engine, store="S1")
    assert [each.value for each in app.caption] == [
        "Type your name and press Enter: it goes with each booking. Then choose what to book."
    ]


def test_an_unlikely_amount_that_is_corrected_is_sent_without_a_further_answer(
    opened: OpenPage, engine: Engine, desk: Desk, kafka: Kafka
) -> None:
    app = enter(opened(engine, **choices(sku="a", verb="Transfer")), 40, To="S2")
    app.checkbox[0].check()
    enter(app, 41)
    assert not app.checkbox[0].value
    enter(app, 4)
    sent(desk)
    assert [each.quantity for each in kafka.events] == [4]


def test_goods_of_which_the_books_know_nothing_are_sent_without_a_question(
    opened: OpenPage, engine: Engine, desk: Desk, kafka: Kafka
) -> None:
    enter(opened(engine, **choices(sku="008", verb="Transfer")), 40, To="S2")
    sent(desk)
    assert [each.quantity for each in kafka.events] == [40]


def test_invalid_input_is_named_at_its_field_and_nothing_is_sent(
    opened: OpenPage, engine: Engine, desk: Desk, kafka: Kafka
) -> None:
    app = enter(opened(engine, **choices(sku="007")), -3)
    sentence = "Units found: enter a whole number from 0 to 1,000,000, not “-3”."
    assert [each.value for each in app.error] == [sentence]
    assert desk.booking(ID) is None
    assert not kafka.events
    app.text_input(key="sku").set_value("a").run()
    assert not app.error  # which is of another product
    app.text_input(key="sku").set_value("007").run()
    enter(app, 3)
    sent(desk)
    assert not app.error
    assert len(kafka.events) == 1


def test_a_product_by_weight_is_booked_in_kilograms_and_its_outcome_says_them(
    opened: OpenPage, engine: Engine, desk: Desk, kafka: Kafka
) -> None:
    write(engine, [product("brie", name="Brie", unit="g"), level("brie", 2554)])
    app = opened(engine, **choices(sku="brie"))
    assert "Brie<small>brie, 2.554 kg on hand" in html(app)
    weight = next(each for each in app.text_input if each.label == "Found (kg)")
    weight.set_value("1.2")
    enter(app)
    sent(desk)
    (event,) = kafka.events
    assert isinstance(event, StockCount)
    assert event.quantity == 1200
    write(engine, [entry(event)])
    replaced(engine, level("brie", 1200, version=2, last_movement_at=event.counted_at))
    assert "Counted 1.200 kg, was 2.554 kg; the books say 1.200 kg since" in shown(app.run())
