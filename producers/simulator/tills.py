"""The receipts of a chain's tills."""

import random
from bisect import bisect
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import ROUND_HALF_EVEN, Decimal
from itertools import accumulate, count

from producers.simulator.behaviour import Behaviour
from producers.simulator.catalogue import UNITS_A_LINE, Catalogue, SimulatedStore
from schemas.generated import Product, Transaction
from views.amounts import IN_LARGE, LARGE

LINES_A_RECEIPT = 5
MAX_LINES = 40
MAX_UNITS = 12
RETURNABLE = 5_000
"""Latest lines from which returns are drawn."""
CURRENCY = "EUR"
CENT = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class _Receipt:
    store: SimulatedStore
    receipt_id: str
    terminal_id: str
    occurred_at: datetime
    recorded_at: datetime


class Tills:
    """Makes receipts; a return takes back a line that was sold, once.

    run: prefix of every receipt_id, unique to the run.
    """

    def __init__(
        self, catalogue: Catalogue, behaviour: Behaviour, rng: random.Random, run: str
    ) -> None:
        self._catalogue = catalogue
        self._store_weights = list(accumulate(store.weight for store in catalogue.stores))
        self._product_weights = list(accumulate(catalogue.popularity))
        self._habits = behaviour
        self._rng = rng
        self._run = run
        self._numbers = count(1)
        self._clocks = {
            (store.store_id, terminal): _clock_error(behaviour, store.store_id, terminal)
            for store in catalogue.stores
            for terminal in store.terminals
        }
        self._sold: deque[tuple[SimulatedStore, Transaction]] = deque(maxlen=RETURNABLE)

    def receipt(self, at: datetime) -> list[Transaction]:
        """Return the lines of the next receipt, recorded at that time (whole milliseconds).

        occurred_at is the time by the clock of their till.
        """
        if self._sold and self._rng.random() < self._habits.returns:
            return [self._return(at)]
        store = self._catalogue.stores[_pick(self._rng, self._store_weights)]
        terminal_id = self._rng.choice(store.terminals)
        occurred_at = at + self._clocks[store.store_id, terminal_id]
        receipt = _Receipt(store, self._next_id(), terminal_id, occurred_at, at)
        lines = [
            self._line(receipt, number, product)
            for number, product in enumerate(self._basket(), start=1)
        ]
        self._sold.extend((store, line) for line in lines)
        return lines

    def _basket(self) -> list[Product]:
        size = min(1 + int(self._rng.expovariate(1 / (LINES_A_RECEIPT - 0.5))), MAX_LINES)
        picked = {_pick(self._rng, self._product_weights): None for _ in range(size)}
        return [self._catalogue.products[index] for index in picked]

    def _next_id(self) -> str:
        return f"{self._run}-{next(self._numbers)}"

    def _line(self, receipt: _Receipt, number: int, product: Product) -> Transaction:
        event_id = f"sale:{receipt.receipt_id}:{number}"
        portions = min(1 + int(self._rng.expovariate(1 / (UNITS_A_LINE - 0.5))), MAX_UNITS)
        quantity = self._catalogue.taken(product.sku, portions, event_id)
        discounted = self._rng.random() < self._habits.discounts
        percent = self._rng.choice((10, 15, 20, 25, 30, 50)) if discounted else 0
        size = IN_LARGE if product.unit in LARGE else 1  # the price is that of a kilogram
        amount = product.unit_price * quantity * (100 - percent) / (100 * size)
        return Transaction(
            event_id=event_id,
            receipt_id=receipt.receipt_id,
            line_no=number,
            store_id=receipt.store.store_id,
            terminal_id=receipt.terminal_id,
            sku=product.sku,
            quantity=quantity,
            line_amount=amount.quantize(CENT, ROUND_HALF_EVEN),
            unit_price=product.unit_price,
            currency=CURRENCY,
            occurred_at=receipt.occurred_at,
            recorded_at=receipt.recorded_at,
        )

    def _return(self, at: datetime) -> Transaction:
        index = self._rng.randrange(len(self._sold))
        store, sold = self._sold[index]
        del self._sold[index]
        receipt_id = self._next_id()
        units = self._rng.randint(1, sold.quantity)
        terminal_id = self._rng.choice(store.terminals)
        return replace(
            sold,
            event_id=f"return:{receipt_id}:1",
            receipt_id=receipt_id,
            line_no=1,
            terminal_id=terminal_id,
            quantity=-units,
            line_amount=-(sold.line_amount * units / sold.quantity).quantize(CENT, ROUND_HALF_EVEN),
            occurred_at=at + self._clocks[store.store_id, terminal_id],
            recorded_at=at,
        )


def _clock_error(behaviour: Behaviour, store_id: str, terminal_id: str) -> timedelta:
    dice = random.Random(f"clock:{store_id}:{terminal_id}")
    skew = dice.uniform(-behaviour.clock_skew, behaviour.clock_skew)
    return timedelta(milliseconds=round(skew * 1000))


def _pick(rng: random.Random, cumulative: Sequence[float]) -> int:
    return bisect(cumulative, rng.random() * cumulative[-1], hi=len(cumulative) - 1)
