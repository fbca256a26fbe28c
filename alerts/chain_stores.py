"""The stores of the chain as messages name them."""

from dataclasses import dataclass
from datetime import tzinfo

from schemas.generated import Store
from views.known_stores import KnownStores
from views.local_time import known_zone
from views.plain_text import plain
from views.store_words import label


@dataclass(frozen=True, slots=True)
class ChainStores:
    """Names and time zones by store_id."""

    known: KnownStores
    business_zone: tzinfo
    """Zone of business days, for a store whose own is not known."""

    def record(self, store_id: str) -> Store | None:
        return self.known.get(store_id)

    def name(self, store_id: str) -> str:
        """Return the name with the id, or only the id."""
        return plain(label(store_id, self.record(store_id)))

    def zone(self, store_id: str) -> tzinfo:
        """Return the zone of all times in messages about a store."""
        store = self.record(store_id)
        return known_zone(store.time_zone if store else None) or self.business_zone
