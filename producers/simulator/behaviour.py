"""How the customers, the staff, the lorries and the tills of a simulated chain behave."""

from dataclasses import dataclass

from producers.supplier_behaviour import USUAL

BURST_PART = 0.1
"""Part of `burst_every` that a rush lasts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Habits:
    """rate: receipt lines a second; burst_every: seconds from one rush to the next, 0 for none;
    burst_factor: how many times the rate a rush has; late_seconds, clock_skew: seconds.

    The rest are shares, from 0 to 1, of what stands before each group.
    """

    rate: float = 20.0
    burst_every: float = 300.0
    burst_factor: float = 3.0

    # Of receipts that take goods back, and of lines sold below the shelf price.
    returns: float = 0.02
    discounts: float = 0.12

    # Of receipt lines: for so many a shelf is counted, units of a shelf are lost or found, a
    # product is sent from store to store.
    counts: float = 0.01
    shrinkage: float = 0.02
    transfers: float = 0.005

    # Of what is lost or found: what nobody writes down, so that only a count shows it.
    unrecorded: float = 0.3

    # Of transfers: received several times as late as usual; received short, or not at all.
    transfers_late: float = 0.1
    transfers_short: float = 0.1

    # Of orders, where the chain has its own supplier.
    orders_cancelled: float = USUAL.cancelled
    deliveries_late: float = USUAL.late
    deliveries_short: float = USUAL.short
    deliveries_split: float = USUAL.split

    # Of events: sent a second time; sent up to late_seconds after they happened.
    duplicates: float = 0.0
    late: float = 0.0
    late_seconds: float = 60.0

    clock_skew: float = 0.0
    """How far a till's clock is wrong at most, before or after; the same always for one till."""

    def rate_at(self, seconds: float) -> float:
        """Receipt lines a second at so many seconds after the start; a quiet time comes first."""
        every = self.burst_every
        rush = every > 0 and seconds % every >= every * (1 - BURST_PART)
        return self.rate * (self.burst_factor if rush else 1.0)
