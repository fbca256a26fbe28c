"""The events that this version handles: an unknown phase or status changes no figure."""

from schemas.generated import AnyEvent, ReplenishmentOrder, Transfer


def is_handled(event: AnyEvent) -> bool:
    """Return False for a phase or status that this version does not know."""
    match event:
        case Transfer():
            return event.phase in ("shipped", "received", "lost")
        case ReplenishmentOrder():
            return event.status in ("placed", "cancelled")
    return True
