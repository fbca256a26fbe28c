"""Rates and shares by which customers, staff, transport and tills of a chain behave."""

from dataclasses import dataclass

from producers.supplier_behaviour import USUAL

BURST_SHARE = 0.1
"""Share of `burst_every` that a rush lasts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Behaviour:
    """Rates, and shares from 0 to 1."""

    rate: float = 20.0
    """Receipt lines a second."""
    burst_every: float = 300.0
    """Seconds from one rush to the next; 0: none."""
    burst_factor: float = 3.0
    """Multiple of the rate during a rush."""

    returns: float = 0.02
    """Share of receipts that return goods."""
    discounts: float = 0.12
    """Share of lines below the shelf price."""

    counts: float = 0.01
    """Shelves counted for each receipt line."""
    shrinkage: float = 0.02
    """Losses, finds and corrections for each receipt line."""
    transfers: float = 0.005
    """Transfers between stores for each receipt line."""
    unrecorded: float = 0.3
    """Share of losses and finds without an event, so that only a count shows them."""

    transfers_late: float = 0.1
    """Share of transfers that take several times as long as usual."""
    transfers_short: float = 0.1
    """Share of transfers received short, or not at all."""

    orders_cancelled: float = USUAL.cancelled
    """Share of orders cancelled; this and the next three hold for the chain's own supplier."""
    deliveries_late: float = USUAL.late
    """Share of orders delivered late."""
    deliveries_short: float = USUAL.short
    """Share of orders delivered short."""
    deliveries_split: float = USUAL.split
    """Share of orders delivered in two parts."""

    duplicates: float = 0.0
    """Share of events that are sent twice."""
    late: float = 0.0
    """Share of events that are sent late."""
    late_seconds: float = 60.0
    """Longest delay of a late event, in seconds."""
    clock_skew: float = 0.0
    """Largest error of a till's clock in seconds, either way; constant for one till."""

    def rate_at(self, seconds: float) -> float:
        """Return receipt lines a second, that many seconds after the start; a rush comes last."""
        every = self.burst_every
        rush = every > 0 and seconds % every >= every * (1 - BURST_SHARE)
        return self.rate * (self.burst_factor if rush else 1.0)
