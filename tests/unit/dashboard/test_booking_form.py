"""Forms of bookings: made from every event contract, and invalid input is named at its field."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

import schemas
from dashboard.booking.form import InvalidInputError, choices, inputs, record
from dashboard.booking.verbs import Verb, draft, new_event_id
from schemas.generated import EVENTS, Adjustment, StockCount, Transfer
from schemas.record import Field, Limits, Record
from tests.support.store_records import order, transfer

NOW = datetime(2026, 5, 1, 8, tzinfo=UTC)
GOOD = {"int": "1", "long": "1", "decimal": "1.25", "timestamp-millis": NOW.isoformat()}


def contract(record_type: type[Record]) -> Any:
    files = Path(schemas.__file__).parent.glob("*.avsc")
    contracts = [json.loads(file.read_text(encoding="utf-8")) for file in files]
    return next(each for each in contracts if each["name"] == record_type.__name__)


@pytest.mark.parametrize("record_type", EVENTS, ids=lambda each: each.__name__)
def test_each_field_of_an_event_has_an_input_with_its_doc_and_choices(
    record_type: type[Record],
) -> None:
    form = inputs(record_type, {"event_id": None})
    fields = [each for each in contract(record_type)["fields"] if each["name"] != "event_id"]
    assert [(each.name, each.doc) for each in form] == [(f["name"], f["doc"]) for f in fields]
    for each, field in zip(form, fields, strict=True):
        assert each.has_digits_only == (field["type"] == "int" and field["minimum"] >= 0)
        if field["name"] in ("reason", "phase", "status"):
            assert each.choices == tuple(field["pattern"].split("|"))


@pytest.mark.parametrize(
    ("pattern", "words"),
    [("USD|EUR", ("USD", "EUR")), ("(in|out)going", ("ingoing", "outgoing")), ("[A-Z]{3}", ())],
)
def test_words_are_those_that_the_check_of_contracts_takes_for_listed(
    pattern: str, words: tuple[str, ...]
) -> None:
    assert choices(Field(name="a", type="string", limits=Limits(pattern=pattern))) == words


@pytest.mark.parametrize("record_type", EVENTS, ids=lambda each: each.__name__)
def test_text_that_is_entered_in_all_inputs_makes_a_valid_event(record_type: type[Record]) -> None:
    entered = {
        each.name: GOOD.get(field.type, each.choices[0] if each.choices else "ABC")
        for each, field in zip(inputs(record_type, {}), record_type.FIELDS, strict=True)
    }
    made = record(record_type, {}, entered)
    made.validate()
    assert isinstance(made, record_type)


@pytest.mark.parametrize("record_type", EVENTS, ids=lambda each: each.__name__)
def test_each_input_that_is_missing_is_named(record_type: type[Record]) -> None:
    with pytest.raises(InvalidInputError) as caught:
        record(record_type, {}, {})
    needed = {each.name for each in record_type.FIELDS if not each.nullable}
    assert set(caught.value.sentences) == needed
    for field in record_type.FIELDS:
        verb = "choose" if choices(field) or field.name == "to_store" else "enter"
        missing = caught.value.sentences.get(field.name, f"is missing: {verb} ")
        assert f"is missing: {verb} " in missing


@pytest.mark.parametrize(
    ("entered", "sentence"),
    [
        (-1, "Units found: enter a whole number from 0 to 1,000,000, not “-1”."),
        (7612345678900, "Units found: enter a whole number from 0 to 1,000,000, not “761234"),
        ("12x", "Units found: enter a whole number from 0 to 1,000,000, not “12x”."),
        (1.5, "Units found: enter a whole number from 0 to 1,000,000, not “1.5”."),
        (None, "Units found is missing: enter a whole number from 0 to 1,000,000."),
    ],
)
def test_a_count_out_of_range_is_named_with_its_range(entered: Any, sentence: str) -> None:
    counted = draft(Verb.COUNT, "S1", "milk", "e")
    with pytest.raises(InvalidInputError) as caught:
        counted.event("e", NOW, {"quantity": entered})
    assert caught.value.sentences["quantity"].startswith(sentence)


def test_a_count_holds_for_the_moment_of_booking() -> None:
    event = draft(Verb.COUNT, "S1", "milk", "e").event("e", NOW, {"quantity": 12})
    assert event == StockCount(
        event_id="e", store_id="S1", sku="milk", quantity=12, counted_at=NOW, recorded_at=NOW
    )


def test_an_adjustment_needs_units_and_a_reason() -> None:
    adjusted = draft(Verb.ADJUST, "S1", "milk", "e")
    assert [each.name for each in adjusted.inputs] == ["quantity", "reason"]
    event = adjusted.event("e", NOW, {"quantity": -2, "reason": "damage"})
    assert isinstance(event, Adjustment)
    assert (event.quantity, event.reason) == (-2, "damage")


def test_a_transfer_is_shipped_from_this_store_and_received_under_its_own_id() -> None:
    shipped = draft(Verb.TRANSFER, "S1", "milk", "e")
    assert [each.name for each in shipped.inputs] == ["to_store", "quantity"]
    event = shipped.event("e", NOW, {"to_store": "S2", "quantity": 5})
    assert isinstance(event, Transfer)
    assert (event.from_store, event.to_store, event.phase) == ("S1", "S2", "shipped")
    received = draft(Verb.RECEIVE, "S1", "a", "f", transfer("t", 3)).event(
        "f", NOW, {"quantity": 3}
    )
    assert isinstance(received, Transfer)
    assert (received.transfer_id, received.from_store, received.to_store) == ("t", "S2", "S1")
    assert received.phase == "received"


@pytest.mark.parametrize(("expected", "order_id"), [(order("o", 5), "o"), (None, None)])
def test_goods_are_received_with_or_without_an_order(expected: Any, order_id: str | None) -> None:
    event = draft(Verb.RECEIVE, "S1", "a", "e", expected).event("e", NOW, {"quantity": 5})
    assert event.to_dict()["order_id"] == order_id


def test_no_two_ids_are_the_same() -> None:
    assert len({new_event_id() for _ in range(1000)}) == 1000


def test_a_weight_is_entered_in_kilograms_and_booked_in_grams() -> None:
    counted = replace(draft(Verb.COUNT, "S1", "cheese", "e"), unit="g")
    (weight,) = counted.inputs
    assert (weight.label, weight.has_digits_only) == ("Found (kg)", False)
    event = counted.event("e", NOW, {"quantity": "1.2"})
    assert isinstance(event, StockCount)
    assert event.quantity == 1200


@pytest.mark.parametrize("entered", ["1.2345", "1,5", "-1", "1001", "a pound"])
def test_a_weight_that_is_no_whole_number_of_grams_is_refused_at_its_field(entered: str) -> None:
    counted = replace(draft(Verb.COUNT, "S1", "cheese", "e"), unit="g")
    with pytest.raises(InvalidInputError) as caught:
        counted.event("e", NOW, {"quantity": entered})
    assert caught.value.sentences == {
        "quantity": "Found (kg): enter 0.000 kg to 1,000.000 kg, such as 1.2, with at most "
        f"3 decimals, not “{entered}”."
    }
