"""Doubts about the barcodes of products: digits that are lost or misread, and codes of several."""

import re
from collections import defaultdict
from collections.abc import Iterator

from producers.replay.mapping import Mapping
from producers.replay.parsing import text
from producers.replay.proposals import Proposals, is_event, problem_of, value_of
from views.barcodes import codes, forms, is_misread

SHORTENED = re.compile(
    r"\d([.,]\d+)?E[+-]?\d+|(?=\d{12,14}$)\d{5,8}0{5,}", re.ASCII | re.IGNORECASE
)
"""A code of which a spreadsheet has dropped digits."""


def barcode_doubts(mapping: Mapping, proposals: Proposals) -> Iterator[tuple[str, str]]:
    """Yield each doubt (shortened, misread or shared) with an example of it."""
    products: dict[str, dict[str, str]] = defaultdict(dict)
    for sku, barcodes in _barcodes(mapping, proposals).items():
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


def _barcodes(mapping: Mapping, proposals: Proposals) -> dict[str, list[str]]:
    """Return the codes of each SKU, of which the last line counts."""
    held: dict[str, list[str]] = {}
    for number, event in enumerate(mapping.events):
        if "barcodes" in event.fields:
            query = (
                f"SELECT {value_of(number, 'sku')}, {value_of(number, 'barcodes')} FROM proposals "
                f"WHERE {is_event(number)} AND {problem_of(number)} IS NULL ORDER BY file_row"
            )
            for sku, barcodes in proposals.database.cursor().execute(query).fetchall():
                held[text(sku)] = [] if barcodes is None else codes(text(barcodes))
    return held
