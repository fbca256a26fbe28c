"""Opening stock of the shelves."""

import random
from collections.abc import Collection, Iterator
from datetime import datetime

from producers.simulator.catalogue import Catalogue
from schemas.generated import Shipment

OPENING_PREFIX = "opening:"


def opening_stock(
    catalogue: Catalogue, seed: int, known: Collection[tuple[str, str]], now: datetime
) -> Iterator[Shipment]:
    """Yield a shipment for each (store, SKU) that is not in `known`.

    The same seed gives the same event_ids and quantities, so that stock opened again before its
    first level is published is deduplicated. Quantities lie between the reorder point and the
    full shelf, so that not all shelves run low at once.
    """
    for store in catalogue.stores:
        for product in catalogue.products:
            key = (store.store_id, product.sku)
            if key in known:
                continue
            event_id = f"{OPENING_PREFIX}{seed}:{store.store_id}:{product.sku}"
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
