"""What stood on the shelves before the first customer came."""

import random
from collections.abc import Collection, Iterator
from datetime import datetime

from producers.simulator.catalogue import Catalogue
from schemas.generated import Shipment


def opening_stock(
    catalogue: Catalogue, seed: int, known: Collection[tuple[str, str]], now: datetime
) -> Iterator[Shipment]:
    """A shipment for each (store, sku) that is not among the known ones.

    The same seed gives the same event_ids and quantities, so that stock opened twice, before its
    first level is read back, is recognised as opened already. Quantities lie between the reorder
    point and the full shelf: not everything runs low at once.
    """
    for store in catalogue.stores:
        for product in catalogue.products:
            key = (store.store_id, product.sku)
            if key in known:
                continue
            event_id = f"opening:{seed}:{store.store_id}:{product.sku}"
            rng = random.Random(event_id)
            yield Shipment(
                event_id=event_id,
                order_id=None,
                store_id=store.store_id,
                sku=product.sku,
                quantity=rng.randint(product.reorder_point + 1, product.order_up_to),
                occurred_at=now,
                recorded_at=now,
            )
