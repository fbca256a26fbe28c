"""Levels and products as they come in, and the needs that they newly show."""

from collections.abc import Iterable, Iterator

from producers.supply.needs import Need, Needs
from schemas.generated import InventoryLevel, Product
from schemas.record import Record
from views.table import Table


class Shelves:
    """The newest level of every shelf and the newest fact of every product."""

    def __init__(self) -> None:
        self._levels: Table[InventoryLevel] = Table()
        self._products: Table[Product] = Table()
        self._changed: set[tuple[str, str]] = set()
        self._needs = Needs()

    def put(self, records: Iterable[Record]) -> None:
        """Take levels and products in; only the newest of each counts."""
        products = set()
        for record in records:
            if isinstance(record, InventoryLevel) and self._levels.put(record):
                self._changed.add(record.key())
            elif isinstance(record, Product):
                self._products.put(record)
                products.add(record.sku)
        if products:
            # A shelf may have waited for its product, or its reorder point has changed.
            self._changed.update(level.key() for level in self._levels if level.sku in products)

    def needs(self) -> Iterator[Need]:
        """Needs of the shelves that have changed since the last call."""
        changed, self._changed = self._changed, set()
        for key in changed:
            level, product = self._levels.get(*key), self._products.get(key[1])
            if level is None or product is None:
                continue
            need = self._needs.of(level, product)
            if need is not None:
                yield need

    def stands(self, need: Need) -> bool:
        """Whether nothing has been received since the need was seen.

        Otherwise it is over, or the newest level shows a need of its own: opening stock that was
        counted after the first sale, or goods that somebody else has sent.
        """
        level = self._levels.get(need.store_id, need.sku)
        return level is not None and level.received == need.received
