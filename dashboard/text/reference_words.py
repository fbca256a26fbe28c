"""Receipts, orders and transfers by the word of a shop, and what was booked by hand."""

import re

from views.plain_text import plain

BOOKED = re.compile("booking-[0-9a-f]{28}([0-9a-f]{4})")
"""An id that the page Book made; its last digits tell it from others."""
WORDS = {
    "sale": "receipt",
    "return": "receipt",
    "shipment": "order",
    "transfer_out": "transfer",
    "transfer_in": "transfer",
}
"""The word for the reference of a movement, by its kind."""


def is_booked(id_: str) -> bool:
    """Return True for an event or transfer that a person has booked."""
    return BOOKED.fullmatch(id_) is not None


def number(id_: str, word: str) -> str:
    """Return an id without the word for it, with which some systems begin their ids."""
    if booked := BOOKED.fullmatch(id_):
        return f"booked by hand, {booked[1]}"
    return plain(re.sub(f"^{word}[ :]", "", id_, flags=re.IGNORECASE) or id_)


def reference_words(kind: str, reference: str) -> str:
    """ "receipt 4711", "order 12", "transfer 7". kind: of the movement that it belongs to."""
    word = WORDS.get(kind, "")
    return f"{word} {number(reference, word)}" if word else plain(reference)
