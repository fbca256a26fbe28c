"""Choice of the product that is booked, and of the order or transfer that is received."""

from collections.abc import Callable
from datetime import tzinfo

import streamlit as st
from sqlalchemy import Engine

from dashboard.model.unlisted import NO_NAME
from dashboard.queries import bookings
from dashboard.queries.bookings import ShelfProduct
from dashboard.text.code_words import doubt
from dashboard.text.display_text import literal
from dashboard.text.display_time import stamp
from dashboard.text.reference_words import number
from dashboard.web import style
from schemas.generated import OpenOrder, OpenTransfer
from schemas.identifier import is_identifier
from views.amounts import amount
from views.known_stores import KnownStores
from views.plain_text import plain
from views.store_words import label

HITS = 8
"""Maximum number of products to choose from."""
EXPECTED = 20
"""Maximum number of orders and of transfers to choose from."""
LONGEST_CODE = 100
UNREAD = "The products are not all read yet:"
GoodsWords = Callable[[OpenOrder | OpenTransfer, str | None], str]
"""Words what is still to come of an order or transfer, by the unit of its amounts."""


def choose_product(
    engine: Engine, store_id: str, event_id: str, all_read: bool
) -> ShelfProduct | None:
    """Return the product of the scanned code, or draw those to choose from.

    all_read: False while some products may not have been read yet.
    """
    code = st.text_input(
        "Scan or type a code or name",
        key="sku",
        bind="query-params",
        max_chars=LONGEST_CODE,
        autocomplete="off",
        icon=":material/barcode_scanner:",
    ).strip()
    if not code:
        return None
    hits = bookings.products(engine, store_id, code, HITS)
    if len(hits) == 1:
        product: ShelfProduct | None = hits[0]
    elif hits:
        product = st.radio(
            "Which product?",
            hits,
            index=None,
            format_func=lambda hit: literal(described(hit, all_read)),
            key=f"{event_id}:product",
        )
    else:
        product = _new_product(code, event_id, all_read)
    if product is not None:
        first, *more = _words(product, all_read)
        more += [] if product.stock else ["no level yet"]
        st.html(style.heading(first, ", ".join(more)))
    return product


def _new_product(code: str, event_id: str, all_read: bool) -> ShelfProduct | None:
    """Let a person confirm a code that is known nowhere: it may be a typing error."""
    shown = plain(code)
    none = f"No product has “{shown}” in its code or name.{doubt(code)}"
    st.html(style.unknown(none if all_read else f"{UNREAD} “{shown}” may be one of them."))
    if not is_identifier(code):
        return None
    confirmed = st.checkbox("This is the code of a new product", key=f"{event_id}:new")
    return ShelfProduct(code, None, None, None) if confirmed else None


def choose_goods(
    engine: Engine, store_id: str, product: ShelfProduct, event_id: str, words: GoodsWords
) -> OpenOrder | OpenTransfer | None:
    """Return the order or transfer that is received; None: goods without one."""
    known = bookings.expected(engine, store_id, product.sku, EXPECTED + 1)
    goods = [
        each for contract in (OpenOrder, OpenTransfer) for each in _of(contract, known)[:EXPECTED]
    ]
    if len(goods) < len(known):
        st.html(
            style.unknown(
                f"More is under way: the first {EXPECTED} orders and transfers are listed. All are "
                "on Deliveries."
            )
        )
    labels = [literal(words(each, product.unit)) for each in goods]
    labels.append("Goods without an order")
    chosen = st.radio("Received", range(len(labels)), format_func=labels.__getitem__, key=event_id)
    return goods[chosen] if chosen is not None and chosen < len(goods) else None


def _of(
    record_type: type[OpenOrder | OpenTransfer], goods: list[OpenOrder | OpenTransfer]
) -> list[OpenOrder | OpenTransfer]:
    return [each for each in goods if isinstance(each, record_type)]


def described(product: ShelfProduct, all_read: bool = True) -> str:
    """Name a product with its SKU, and its stock if there is a level.

    all_read: False while some products may not have been read yet.
    """
    return " · ".join(_words(product, all_read))


def _words(product: ShelfProduct, all_read: bool) -> list[str]:
    name = product.name or (NO_NAME if all_read else "")
    return [
        each for each in (plain(name) if name else "", plain(product.sku), product.stock) if each
    ]


def goods_words(
    stores: KnownStores, shown: tzinfo, each: OpenOrder | OpenTransfer, unit: str | None
) -> str:
    """Word what is still to come. shown: zone of the times; unit: of the amounts."""
    if isinstance(each, OpenTransfer):
        origin = plain(label(each.from_store, stores.get(each.from_store)))
        transfer = number(each.transfer_id, "transfer")
        return f"{amount(each.in_transit, unit)} from {origin}, transfer {transfer}"
    due = f", due {stamp(each.expected_at, shown)} ({shown})" if each.expected_at else ""
    return f"{amount(each.remaining, unit)} of order {number(each.order_id, 'order')}{due}"
