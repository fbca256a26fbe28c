"""How the customers and the tills of a simulated chain behave."""

from dataclasses import dataclass

BURST_PART = 0.1
"""Part of `burst_every` that a rush lasts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Habits:
    """rate: receipt lines a second; burst_every: seconds from one rush to the next, 0 for none;
    burst_factor: how many times the rate a rush has.

    Shares, from 0 to 1: returns, of receipts that take goods back; discounts, of lines sold below
    the shelf price; duplicates, of lines that are sent again; late, of lines that are sent up to
    late_seconds after they happened.
    """

    rate: float = 20.0
    burst_every: float = 300.0
    burst_factor: float = 3.0
    returns: float = 0.02
    discounts: float = 0.12
    duplicates: float = 0.0
    late: float = 0.0
    late_seconds: float = 60.0

    def rate_at(self, seconds: float) -> float:
        """Receipt lines a second at so many seconds after the start; a quiet time comes first."""
        every = self.burst_every
        rush = every > 0 and seconds % every >= every * (1 - BURST_PART)
        return self.rate * (self.burst_factor if rush else 1.0)
