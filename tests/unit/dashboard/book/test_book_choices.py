"""The choice of the product that is booked, and the person who books."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from sqlalchemy import Engine, update

from connect.errors import UserError
from connect.settings import Settings
from dashboard.access import require_named_user, user_name
from dashboard.text.display_text import literal
from schemas.generated import OpenOrder, Product
from tests.support.booking_page import (
    amounts,
    choices,
    replaced,
    shown,
    write,
)
from tests.support.page_database import say_unread
from tests.support.page_test import OpenPage, html
from tests.support.store_records import level, order, product
from views.database.engine import writing
from views.database.tables import TABLES


def test_a_name_or_a_part_of_it_offers_products_and_a_code_takes_its_own(
    opened: OpenPage, engine: Engine
) -> None:
    app = opened(engine, **choices(sku="milk"))
    assert app.radio[0].options == ["Milk · 007", "Milk, 2 litres · 008"]
    assert app.radio[0].proto.captions == ["9 on hand", "no level yet"]
    assert not amounts(app)
    assert "Milk<small>007, 9 on hand" in html(opened(engine, **choices(sku="007")))


def test_a_product_stays_chosen_when_some_of_it_is_sold(opened: OpenPage, engine: Engine) -> None:
    app = opened(engine, **choices(sku="milk"))
    app.radio[0].set_value("007").run()
    replaced(engine, level("007", 8, version=2))
    app.run()
    assert app.radio[0].proto.captions == ["8 on hand", "no level yet"]
    assert amounts(app)


def test_an_order_stays_chosen_when_others_come_and_a_part_of_it(
    opened: OpenPage, engine: Engine
) -> None:
    write(engine, [order("p", 6, datetime(2026, 2, 1, tzinfo=UTC))])
    app = opened(engine, **choices(sku="a", verb="Receive"))
    app.radio[0].set_value(("p",)).run()
    write(engine, [order("before", 6, datetime(2026, 1, 1, tzinfo=UTC))])
    orders = TABLES[OpenOrder]
    with writing(engine) as connection:
        connection.execute(update(orders).where(orders.c.order_id == "p").values(remaining=2))
    app.run()
    assert app.radio[0].proto.captions == [
        "6 still to come",
        "5 still to come",
        "2 still to come",
        "3 on the way",
    ]
    assert app.radio[0].value == ("p",)
    assert app.radio[0].proto.raw_value in {"", "Order p, due 2026-02-01 00:00 (UTC)"}


def test_names_are_offered_letter_by_letter(opened: OpenPage, engine: Engine) -> None:
    names = "Screw M8*20*40", "Milk ![x](https://a.example/x.png) :fire:"
    write(engine, [product(f"M{n}", name=f"Bolt {name}") for n, name in enumerate(names)])
    app = opened(engine, **choices(sku="bolt"))
    assert app.radio[0].options == [
        r"Bolt Milk !\[x\](https://a.example/x.png) \:fire: · M1",
        r"Bolt Screw M8\*20\*40 · M0",
    ]


def test_goods_that_are_not_listed_are_named(opened: OpenPage, engine: Engine) -> None:
    note = "More is under way: the first 20 orders and transfers are listed"
    write(engine, [order(f"o{n:02}", 5) for n in range(19)])  # beside the one that is there
    receive = choices(sku="a", verb="Receive")
    app = opened(engine, **receive)
    assert note not in html(app)
    assert len(app.radio[0].options) == 20 + 1 + 1
    write(engine, [order("o19", 5)])
    app = opened(engine, **receive)
    assert note in html(app)
    assert len(app.radio[0].options) == 20 + 1 + 1


def test_an_unknown_code_is_booked_only_when_it_is_confirmed(
    opened: OpenPage, engine: Engine
) -> None:
    app = opened(engine, **choices(sku="100%"))
    assert "No product has “100%” in its code or name." in html(app)
    assert not amounts(app)
    app.checkbox[0].check().run()
    assert amounts(app)


def test_nothing_is_called_absent_from_the_catalogue_before_all_products_are_read(
    opened: OpenPage, engine: Engine
) -> None:
    write(engine, [level("new", 3)])
    assert "(not in the catalogue)" in html(opened(engine, **choices(sku="new")))
    say_unread(engine, Product)
    page = html(opened(engine, **choices(sku="new")))
    assert "new<small>3 on hand" in page
    assert "catalogue" not in page
    app = opened(engine, **choices(sku="4006381333931"))
    assert "The products are not all read yet" in html(app)
    assert "No product has" not in html(app)


def test_a_scanned_barcode_takes_its_product_and_asks_where_two_have_it(
    opened: OpenPage, engine: Engine
) -> None:
    write(
        engine,
        [
            replace(product("tea", name="Tea"), barcodes="012345678905 4006381333931"),
            replace(product("rice", name="Rice"), barcodes="4006381333931 007"),
        ],
    )
    app = opened(engine, **choices(sku="0012345678905"))
    assert "Tea<small>tea, no level yet" in html(app)
    assert amounts(app)
    for code, offered in (
        ("4006381333931", ["Rice · rice", "Tea · tea"]),
        ("007", ["Milk · 007", "Rice · rice"]),
    ):
        app = opened(engine, **choices(sku=code))
        assert (app.radio[0].options, app.radio[0].value) == (offered, None)
        assert not amounts(app)


def test_of_an_unknown_code_a_wrong_check_digit_is_named(opened: OpenPage, engine: Engine) -> None:
    named = "in its code or name. As an EAN or UPC code, its check digit is wrong: scan it again"
    assert named in html(opened(engine, **choices(sku="4006381333932")))
    assert "check digit" not in html(opened(engine, **choices(sku="4006381333931")))


def test_a_booking_needs_a_name(opened: OpenPage, engine: Engine) -> None:
    app = opened(engine, store="S1", sku="007")
    assert not amounts(app)
    app.text_input(key="by").set_value("Ada").run()
    assert amounts(app)


@pytest.mark.parametrize(
    ("host", "claims", "name"),
    [
        ("127.0.0.1", {}, None),
        ("127.0.0.1", {"is_logged_in": True, "email": "ada@shop.example"}, "ada@shop.example"),
        ("0.0.0.0", {"is_logged_in": True, "name": "Ada"}, "Ada"),
    ],
)
def test_the_user_of_the_login_is_the_one_who_books(
    host: str, claims: dict[str, object], name: str | None
) -> None:
    assert require_named_user(Settings(host=host), user_name(claims)) == name


@pytest.mark.parametrize("claims", [{}, {"is_logged_in": False, "name": "Ada"}])
def test_beyond_this_computer_only_a_named_user_books(claims: dict[str, object]) -> None:
    with pytest.raises(UserError, match="named user"):
        require_named_user(Settings(host="0.0.0.0"), user_name(claims))


@pytest.mark.parametrize(
    "entered", ["1.5", "1,5", "1.000", "1e9", "\uff11\uff12", "-1", str(2**31), "1*2*3", "0x1f"]
)
def test_what_is_no_whole_number_is_refused_as_it_was_entered(
    opened: OpenPage, engine: Engine, entered: str
) -> None:
    app = opened(engine, **choices(sku="007"))
    amounts(app)[0].set_value(entered)
    next(each for each in app.button if each.label == "Book").click().run()
    assert literal(f"not “{entered}”") in shown(app)
