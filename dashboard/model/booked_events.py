"""The contracts of the events that Book sends, and their topics."""

from connect.settings import Settings
from schemas.generated import Adjustment, Shipment, StockCount, Transfer

BOOKED = (StockCount, Shipment, Transfer, Adjustment)


def topics_of_bookings(settings: Settings) -> list[str]:
    """Return the public and the accepted topics of the contracts."""
    prefixes = {settings.prefix, settings.topic_prefix}
    return sorted(prefix + each.TOPIC for prefix in prefixes for each in BOOKED)
