"""Doubts about the barcodes of products: digits that are lost or misread, and codes of several."""

import re
from collections import defaultdict
from collections.abc import Iterator

from producers.replay.parsing import text
from producers.replay.proposals import Proposals
from views.barcodes import codes, forms, is_misread

SHORTENED = re.compile(
    r"\d([.,]\d+)?E[+-]?\d+|(?=\d{12,14}$)\d{5,8}0{5,}", re.ASCII | re.IGNORECASE
)
"""A code of which a spreadsheet has dropped digits."""


def barcode_doubts(proposals: Proposals) -> Iterator[tuple[str, str]]:
    """Yield each doubt (shortened, misread or shared) with an example of it."""
    products: dict[str, dict[str, str]] = defaultdict(dict)
    for sku, barcodes in _barcodes(proposals).items():
        for code in dict.fromkeys(barcodes):
            if SHORTENED.fullmatch(code):
                yield "shortened", code
                continue
            if is_misread(code):
                yield "misread", code
            for form in forms(code):
                products[form].setdefault(sku, code)
    for held in products.values():
        if len(held) > 1:
            yield "shared", f"{next(iter(held.values()))} of {' and '.join(map(repr, held))}"


def _barcodes(proposals: Proposals) -> dict[str, list[str]]:
    """Return the codes of each SKU, of which the last line counts."""
    rows = proposals.rows("barcodes")
    return {text(sku): codes(text(barcodes or "")) for sku, barcodes in rows}
