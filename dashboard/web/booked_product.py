"""Choice of the product that is booked, and of the order or transfer that is received."""

from collections.abc import Callable, Sequence
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
Goods = OpenOrder | OpenTransfer
GoodsWords = Callable[[Goods, str | None], tuple[str, str]]
"""Names an order or transfer, and words what is still to come of it, by the unit of its amounts."""
NO_LEVEL = "no level yet"
NO_ORDER = "Goods without an order"


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
        product = _one_of(hits, event_id, all_read)
    else:
        product = _new_product(code, event_id, all_read)
    if product is not None:
        first, *more = _words(product, all_read)
        more += [] if product.stock else [NO_LEVEL]
        st.html(style.heading(first, ", ".join(more)))
    return product


def _one_of(hits: Sequence[ShelfProduct], event_id: str, all_read: bool) -> ShelfProduct | None:
    """Draw the products to choose from; return the chosen one.

    Streamlit knows a choice by its label: what changes from sale to sale stands beside it.
    """
    by_sku = {each.sku: each for each in hits}
    chosen = st.radio(
        "Which product?",
        by_sku,
        index=None,
        format_func=lambda sku: literal(" · ".join(_names(by_sku[sku], all_read))),
        captions=[literal(each.stock or NO_LEVEL) for each in hits],
        key=f"{event_id}:product",
    )
    return by_sku.get(chosen or "")


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
) -> Goods | None:
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
    by_id = {_id(each): words(each, product.unit) for each in goods}
    names = {id_: literal(name) for id_, (name, _) in by_id.items()} | {(): NO_ORDER}
    chosen = st.radio(
        "Received",
        names,
        format_func=names.__getitem__,
        captions=[literal(to_come) for _, to_come in by_id.values()],
        key=event_id,
    )
    return next((each for each in goods if _id(each) == chosen), None)


def _id(each: Goods) -> tuple[str, ...]:
    """Return what tells an order or transfer to a store from the others of a product."""
    if isinstance(each, OpenOrder):
        return (each.order_id,)
    return each.transfer_id, each.from_store


def _of(record_type: type[Goods], goods: list[Goods]) -> list[Goods]:
    return [each for each in goods if isinstance(each, record_type)]


def described(product: ShelfProduct, all_read: bool = True) -> str:
    """Name a product with its SKU, and its stock if there is a level.

    all_read: False while some products may not have been read yet.
    """
    return " · ".join(_words(product, all_read))


def _words(product: ShelfProduct, all_read: bool) -> list[str]:
    return [*_names(product, all_read), *filter(None, [product.stock])]


def _names(product: ShelfProduct, all_read: bool) -> list[str]:
    name = product.name or (NO_NAME if all_read else "")
    return [plain(each) for each in (name, product.sku) if each]


def goods_words(
    stores: KnownStores, shown: tzinfo, each: Goods, unit: str | None
) -> tuple[str, str]:
    """Name an order or transfer, and word what is still to come.

    shown: zone of the times; unit: of the amounts.
    """
    if isinstance(each, OpenTransfer):
        origin = plain(label(each.from_store, stores.get(each.from_store)))
        transfer = number(each.transfer_id, "transfer")
        return f"Transfer {transfer} from {origin}", f"{amount(each.in_transit, unit)} on the way"
    due = f", due {stamp(each.expected_at, shown)} ({shown})" if each.expected_at else ""
    order = f"Order {number(each.order_id, 'order')}{due}"
    return order, f"{amount(each.remaining, unit)} still to come"
