"""Doubts about events that are valid one by one, and wrong together."""

import re
from collections.abc import Iterator

from producers.replay.row_batch import Proposed
from schemas.generated import Adjustment, Shipment, StockCount, Transaction
from schemas.record import Record

SHOWN = 3
"""Examples in a sentence."""
LOST_DIGITS = re.compile(r"\d{5,8}0{5,}")
"""Codes of 12 to 14 digits of which a spreadsheet kept the first ones only."""
BLANK = re.compile(r"[\s\u200b\ufeff]+")


class Doubts:
    """Collects them line by line; memory grows with the different SKUs only."""

    def __init__(self) -> None:
        self._types: set[type[Record]] = set()
        self._skus: dict[str, str] = {}
        self._alike: dict[str, list[str]] = {}
        self._shortened: dict[str, None] = {}

    def add(self, each: Proposed) -> None:
        """Add a validated event, or a rejected line, which has none."""
        if each.record is None:
            shortened = re.search(r"sku: (\S+) is a number whose last digits", each.problem)
            self._shortened |= {shortened[1]: None} if shortened else {}
            return
        self._types.add(type(each.record))
        sku = getattr(each.record, "sku", None)
        if sku is not None:
            self._add_sku(sku)

    def _add_sku(self, sku: str) -> None:
        plain = BLANK.sub("", sku).casefold().lstrip("0")
        first = self._skus.setdefault(plain, sku)
        if first != sku and sku not in self._alike.setdefault(plain, [first]):
            self._alike[plain].append(sku)
        if 12 <= len(sku) <= 14 and LOST_DIGITS.fullmatch(sku):
            self._shortened[sku] = None

    def sentences(self) -> Iterator[str]:
        """Yield a sentence for each doubt, with its remedy."""
        if self._alike:
            examples = [" and ".join(map(repr, skus)) for skus in self._alike.values()]
            yield (
                f"SKUs that differ only in case, blanks or leading zeros: {_some(examples)}. Each "
                "has a level of its own: if they are one product, write one form in the mapping, "
                "such as upper(…) or lpad(…, 8, '0')."
            )
        if self._shortened:
            yield (
                "Codes of which a spreadsheet has dropped digits: "
                f"{_some(list(self._shortened))}. Format the column as text in the original, and "
                "export it again; different products may have become one."
            )
        if self._types & {Transaction, Adjustment} and not self._types & {StockCount, Shipment}:
            yield (
                "No opening stock: the file has no count and no receipt of goods. Unless they were "
                "sent before, every level is below zero until one comes: replay a stocktake, too "
                "(contract stock_count)."
            )


def _some(examples: list[str]) -> str:
    more = len(examples) - SHOWN
    return ", ".join(examples[:SHOWN]) + (f" and {more:,} more" if more > 0 else "")
