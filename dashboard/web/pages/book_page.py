"""Book: count, receive, transfer or adjust one product, by scanning or typing.

The event_id is in the address before the first attempt: a reload, a double tap or a second attempt
books the same event.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import tzinfo
from functools import cache, partial
from typing import Any, Literal, NamedTuple

import streamlit as st
from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError

from connect.errors import UserError
from connect.settings import Settings
from dashboard.access import require_named_user, user_name
from dashboard.booking.desk import Booking, BookingPublisher, Desk, State
from dashboard.booking.form import STORE, Input, InvalidInputError
from dashboard.booking.outcome import Outcome, Result, Trace, outcome
from dashboard.booking.unlikely_amounts import doubt
from dashboard.booking.verbs import EVENT_ID, Draft, Verb, draft, new_event_id
from dashboard.model.unlisted import NO_NAME
from dashboard.queries import bookings
from dashboard.text.display_text import literal
from dashboard.web import style
from dashboard.web.booked_product import (
    choose_goods,
    choose_product,
    described,
    goods_words,
)
from dashboard.web.visit import Visit
from schemas.clock import utc_now
from schemas.generated import Product
from views.amounts import AMOUNT, amount
from views.database.product_unit import unit_of
from views.known_stores import KnownStores
from views.plain_text import plain
from views.store_words import label

LAST_VERB = "last verb"
"""Name in the session's state: the next booking begins with the verb of the last one."""
LONGEST_NAME = 100
NAME_WIDTH = 400
NAMELESS = "Type your name and press Enter: it goes with each booking. Then choose what to book."
UNSENT = "Nothing is booked yet: if it is right, tick it and press Book again."
SHORTEST_CODE = 4
"""Length from which an amount that is the code of a product is more likely that code."""
NO_OTHER = "No other store is known, to which goods could be sent."
CHANGED = "A choice was changed at the same moment: check what is above, then press Book."
BOX: Mapping[Result, Callable[[str], object]] = {
    Result.BOOKED: st.success,
    Result.REFUSED: st.error,
    Result.UNCERTAIN: st.warning,
    Result.UNDER_WAY: st.info,
}


@cache
def desk() -> Desk:
    """Return the desk that all sessions of this server process share."""
    return Desk(BookingPublisher(Settings.from_environment()))


class Question(NamedTuple):
    """A doubt in an amount that was entered."""

    key: str = ""
    """Name of its answer in the session's state: of the field and the amount."""
    amount: str = ""
    sentence: str = ""


@dataclass(frozen=True, slots=True)
class Place:
    """The surroundings of a booking."""

    settings: Settings
    engine: Engine
    stores: KnownStores
    store_id: str
    shown: tzinfo
    """Zone of the times."""

    has_products: Callable[[], bool]
    """Returns True once all products have been read: until then, any may have a name."""


def show(visit: Visit) -> None:
    """Draw the form of a booking, or the outcome of the one in the address."""
    store_id = visit.need_store()
    if store_id is not None:
        has_products = partial(visit.has_read, Product)
        facts = visit.settings, visit.engine, visit.stores
        _book_at(visit, Place(*facts, store_id, visit.shown, has_products))


def _book_at(visit: Visit, place: Place) -> None:
    event_id = st.query_params.get("booking", "")
    if not EVENT_ID.fullmatch(event_id):
        event_id = st.query_params["booking"] = new_event_id()
    above = st.container()  # the form stands above the name, which is entered once
    booked_by = _booked_by(place.settings)
    with above:
        if _read(place, event_id) is not None:
            if "sku" not in st.session_state:  # after a reload: the next booking begins empty
                st.query_params.pop("sku", None)
            visit.parts.add(partial(_outcome, place, event_id))
            st.button("Next booking", on_click=_next, type="primary", width="stretch", key="next")
        elif booked_by is not None:
            _choose(place, event_id, booked_by)


def _choose(place: Place, event_id: str, booked_by: str) -> None:
    """Draw the choice of verb and product, and the form of both."""
    verb = _verb()
    product = choose_product(place.engine, place.store_id, event_id, place.has_products())
    if product is None:
        return
    if verb is Verb.TRANSFER and len(place.stores) == 1:
        st.html(style.unknown(NO_OTHER))
        return
    goods = None
    if verb is Verb.RECEIVE:
        words = partial(goods_words, place.stores, place.shown)
        goods = choose_goods(place.engine, place.store_id, product, event_id, words)
    chosen = draft(verb, place.store_id, product.sku, event_id, goods)
    _form(place, replace(chosen, unit=product.unit), event_id, booked_by)


def _booked_by(settings: Settings) -> str | None:
    """Return the name of the person who books, or ask for it and return None."""
    try:
        user = require_named_user(settings, user_name(st.user.to_dict()))
    except UserError as error:
        st.html(style.unknown(error.message))
        return None
    if user is not None:
        st.caption(f"Booked by {literal(user)}")
        return user
    name = st.text_input(
        "Your name",
        key="by",
        bind="query-params",
        max_chars=LONGEST_NAME,
        autocomplete="name",
        width=NAME_WIDTH,
    ).strip()
    if not name:
        st.caption(NAMELESS)
        return None
    return name


def _verb() -> Verb:
    verbs = [each.value for each in Verb]
    first = None if "verb" in st.session_state else verbs[0]
    chosen = st.segmented_control(
        "Booking", verbs, default=first, required=True, key="verb", bind="query-params"
    )
    return Verb(chosen or verbs[0])


def _form(place: Place, chosen: Draft, event_id: str, booked_by: str) -> None:
    if st.session_state.pop(f"{event_id}:changed", False):
        st.warning(CHANGED)
    errors: Mapping[str, str] = st.session_state.get(f"{event_id}:errors", {})
    question: Question = st.session_state.get(f"{event_id}:question", Question())
    others = tuple(store for store in place.stores if store != chosen.store_id)
    with st.form(f"{event_id}:form", border=False):
        for each in chosen.inputs:
            listed = replace(each, choices=others) if each.name == STORE else each
            key = _key(event_id, chosen, each)
            _draw(listed, key, place.stores)
            if key in errors:
                st.error(literal(errors[key]))
            elif question.key.startswith(f"{key}="):
                st.warning(f"{literal(question.sentence)} {UNSENT}")
                st.checkbox(f"{literal(question.amount)} is right", key=question.key)
        st.form_submit_button(
            "Book",
            type="primary",
            width="stretch",
            on_click=partial(_book, place, chosen, event_id, booked_by, _choices(event_id)),
        )


def _draw(each: Input, key: str, stores: KnownStores) -> None:
    if each.choices:
        st.selectbox(
            each.label,
            each.choices,
            index=None,
            key=key,
            help=each.doc,
            format_func=lambda choice: plain(label(choice, stores.get(choice))),
        )
    else:
        # Of a number, too: a field for numbers makes 1 of "1.5" and "1.000" without a word.
        keys: Literal["phone", "default"] = "phone" if each.has_digits_only else "default"
        st.text_input(
            each.label,
            key=key,
            help=each.doc,
            max_chars=each.longest,
            type=keys,
            icon="",
            placeholder="",
            autocomplete="off",
        )


def _key(event_id: str, chosen: Draft, each: Input) -> str:
    return f"{event_id}:{chosen.record_type.__name__}:{chosen.sku}:{each.name}"


def _choices(event_id: str) -> tuple[object, ...]:
    """Return what is chosen beside the form, as the session has it now."""
    names = ("store", "verb", "sku", f"{event_id}:product", f"{event_id}:new", event_id, "by")
    return tuple(map(st.session_state.get, names))


def _book(
    place: Place, chosen: Draft, event_id: str, booked_by: str, drawn: tuple[object, ...]
) -> None:
    """Book what was entered, or keep the sentences of what is wrong or in doubt.

    drawn: the choices for which the form was drawn. It is on the screen, and takes a booking, until
    that of the next choice is drawn: a scanner is faster than a busy server.
    """
    if _choices(event_id) != drawn:
        st.session_state[f"{event_id}:changed"] = True
        return
    keys = {each.name: _key(event_id, chosen, each) for each in chosen.inputs}
    entered: dict[str, Any] = {name: st.session_state.get(key) for name, key in keys.items()}
    for each in ("errors", "question"):
        st.session_state.pop(f"{event_id}:{each}", None)
    try:
        event: Any = chosen.event(event_id, utc_now(), entered)
    except InvalidInputError as error:
        st.session_state[f"{event_id}:errors"] = {
            keys[name]: sentence for name, sentence in error.sentences.items() if name in keys
        }
        return
    before = _on_hand(place, chosen)
    sentence = doubt(event, before, chosen.to_come, chosen.unit)
    sentence = sentence or _scanned(place, str(entered[AMOUNT]).strip())
    answer = f"{keys[AMOUNT]}={event.quantity}"
    if sentence is not None and not st.session_state.get(answer):
        shown = amount(event.quantity, chosen.unit)
        st.session_state[f"{event_id}:question"] = Question(answer, shown, sentence)
        return
    st.session_state[LAST_VERB] = st.session_state.get("verb")
    desk().book(Booking(event_id, event, booked_by, before))


def _on_hand(place: Place, chosen: Draft) -> int | None:
    """Return the units on hand by the books; None: unknown."""
    try:
        level = bookings.level(place.engine, chosen.store_id, chosen.sku)
    except DBAPIError:
        return None  # the booking does not need the database, which the page says is gone
    return level.on_hand if level else None


def _scanned(place: Place, entered: str) -> str | None:
    """Word the doubt in an amount that a scanner may have typed: it is the code of a product."""
    if len(entered) < SHORTEST_CODE:
        return None
    try:
        hits = bookings.coded_products(place.engine, place.store_id, entered, 1)
        names = [described(each, place.has_products()) for each in hits]
    except DBAPIError:
        return None
    return f"{entered} is the code of a product: {names[0]}." if names else None


def _outcome(place: Place, event_id: str) -> None:
    booking, trace = desk().booking(event_id), _trace(place, event_id)
    result = outcome(booking, trace, place.shown)
    if result is None:
        return
    event: Any = trace.entry or (booking and booking.event)
    if event is not None:
        name = bookings.name(place.engine, event.sku) or (NO_NAME if place.has_products() else "")
        st.subheader(literal(" · ".join(map(plain, filter(None, (name, event.sku))))))
    BOX[result.result](literal(result.sentence))
    if booking is not None:
        st.caption(f"Booked by {literal(booking.booked_by)}")
        if booking.state is State.FAILED and result.result is Result.UNCERTAIN:
            st.button("Try again", on_click=desk().try_again, args=(event_id,), key="again")


def _read(place: Place, event_id: str) -> Outcome | None:
    """Read what is known of a booking."""
    return outcome(desk().booking(event_id), _trace(place, event_id), place.shown)


def _trace(place: Place, event_id: str) -> Trace:
    entry = bookings.entry(place.engine, event_id)
    level = bookings.level(place.engine, entry.store_id, entry.sku) if entry else None
    refusal = None if entry else bookings.refusal(place.engine, place.settings, event_id)
    unit = unit_of(place.engine, entry.sku) if entry else None
    return Trace(entry, level, refusal, unit)


def _next() -> None:
    st.query_params["booking"] = new_event_id()
    st.session_state["sku"] = ""
    st.session_state["verb"] = st.session_state.get(LAST_VERB) or Verb.COUNT.value
