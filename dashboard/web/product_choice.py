"""Choice of a product by its SKU, by a barcode, or by words of its name."""

from urllib.parse import urlencode

import streamlit as st

from dashboard.queries.bookings import ShelfProduct, coded_products, products
from dashboard.queries.product_shelves import in_every_store
from dashboard.queries.shared import shared
from dashboard.web import style
from dashboard.web.booked_product import described
from dashboard.web.visit import Visit
from schemas.generated import InventoryLevel, Product
from views.plain_text import plain

HITS = 20
"""Maximum number of products to choose from."""


def choose_sku(visit: Visit) -> str | None:
    """Return the SKU of the address or of the only product with its words, or draw the choice."""
    words = st.text_input(
        "Product",
        placeholder="scan a code, or type a name",
        key="sku",
        bind="query-params",
        width=320,
    ).strip()  # a scanner may add blanks
    if not words:
        st.html(style.unknown("Choose a product: scan it here, or open it in Today or Stock."))
        return None
    version = visit.version(Product, InventoryLevel)
    search = visit.engine, visit.store or "", words, HITS + 1
    coded = shared(version, coded_products, *search)
    others = [each for each in coded if each.sku != words]
    if len(others) < len(coded) or shared(visit.version(), in_every_store, visit.engine, words):
        if others:
            st.html(style.choices(f"{plain(words)} is also a barcode of", _links(visit, others)))
        return words
    hits = others or shared(version, products, *search)
    if not hits:
        return words
    if len(hits) == 1:
        return hits[0].sku
    _draw(visit, words, hits)
    return None


def _links(visit: Visit, hits: list[ShelfProduct]) -> list[tuple[str, str]]:
    store = {"store": visit.store} if visit.store else {}
    return [
        (described(each), f"product?{urlencode({**store, 'sku': each.sku})}")
        for each in hits[:HITS]
    ]


def _draw(visit: Visit, words: str, hits: list[ShelfProduct]) -> None:
    store = {"store": visit.store} if visit.store else {}
    st.html(style.choices("Choose a product:", _links(visit, hits)))
    if len(hits) > HITS and store:
        stock = [("the stock of this store", f"stock?{urlencode({**store, 'find': words})}")]
        st.html(style.choices("More have these words. Search in", stock))
    elif len(hits) > HITS:
        st.html(style.unknown("More have these words: add a word, or choose a store."))
