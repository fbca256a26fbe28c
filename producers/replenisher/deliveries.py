"""Deliveries and cancellations of the open orders, and when they are due.

They follow from an order's order_id and units in the open-orders topic: a restarted supplier of the
same reliability sends the same events again.
"""

import heapq
import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from producers.replenisher.ordering_policy import PATIENCE, REVIEW_SECONDS
from producers.supplier_behaviour import Reliability, Step, cancelled, delivered, fulfilment
from schemas.generated import OpenOrder, ReplenishmentOrder, Shipment


@dataclass(slots=True)
class _Schedule:
    """The steps of one order. Times are seconds since 1970."""

    order: OpenOrder
    steps: list[Step]
    begin: float
    """Time at which the order was placed."""
    taken: int = 0
    """Number of steps done."""
    due: float = 0.0
    """Time of the next step."""
    acted: float = 0.0
    """Time of the last step."""
    withdrawn: bool = False
    """The order's cancellation was scheduled."""


class Deliveries:
    """The schedules of the open orders."""

    def __init__(self, reliability: Reliability, day_seconds: float) -> None:
        self._reliability = reliability
        self._day_seconds = day_seconds
        self._schedules: dict[str, _Schedule] = {}
        self._agenda: list[tuple[float, str]] = []

    def __len__(self) -> int:
        return len(self._schedules)

    def put(self, order: OpenOrder, lead_time: int, withdrawn: bool) -> None:
        """Add or update one of the supplier's own orders. lead_time: days.

        withdrawn: an earlier run withdrew the order. It is cancelled again and never delivered: the
        level would have goods on which no order counts.
        """
        schedule = self._schedules.get(order.order_id)
        if not order.remaining:
            self._schedules.pop(order.order_id, None)
        elif schedule is not None:
            schedule.order = order
        elif order.expected_at is not None:
            dice = random.Random(order.order_id)
            steps = (
                [Step(0, 0, order.remaining)]
                if withdrawn
                else fulfilment(order.ordered, lead_time, self._reliability, dice)
            )
            begin = order.expected_at.timestamp() - lead_time * self._day_seconds
            schedule = _Schedule(order, steps, begin, withdrawn=withdrawn)
            self._schedules[order.order_id] = schedule
            self._plan(schedule, self._begins(schedule))

    def withdraw(self, order_id: str, now: datetime) -> bool:
        """Schedule the cancellation of an order; return False if goods may have been sent."""
        schedule = self._schedules.get(order_id)
        if schedule is None or schedule.withdrawn or now.timestamp() >= self._begins(schedule):
            return False
        schedule.withdrawn = True
        schedule.steps = [Step(0, 0, schedule.order.remaining)]
        self._plan(schedule, now.timestamp())
        return True

    def withdrawn(self, order_id: str) -> bool:
        """Return True if the cancellation of an open order is scheduled."""
        schedule = self._schedules.get(order_id)
        return schedule is not None and schedule.withdrawn

    def due(self, now: datetime) -> Iterator[Shipment | ReplenishmentOrder]:
        """Yield the events of all steps that are due."""
        while self._agenda and self._agenda[0][0] <= now.timestamp():
            due, order_id = heapq.heappop(self._agenda)
            schedule = self._schedules.get(order_id)
            if schedule is not None and schedule.due == due:
                yield from self._take(schedule, now)

    def _take(self, schedule: _Schedule, now: datetime) -> Iterator[Shipment | ReplenishmentOrder]:
        order, time = schedule.order, now.timestamp()
        if schedule.taken == len(schedule.steps):
            # Still open long after the last step: the events may not have been accepted.
            schedule.taken = 0
        elif not schedule.steps[schedule.taken].part and not self._arrived(schedule):
            # If the order ended before its goods are in the level, they would be ordered again.
            if time - schedule.acted < PATIENCE.total_seconds():
                self._plan(schedule, time + REVIEW_SECONDS)
                return
            schedule.taken = 0
        step = schedule.steps[schedule.taken]
        if step.part:
            yield delivered(order, step._replace(units=min(step.units, order.remaining)), now)
        else:
            yield cancelled(order, order.remaining, now)
        schedule.taken += 1
        schedule.acted = time
        if schedule.taken < len(schedule.steps):
            days = schedule.steps[schedule.taken].days
            self._plan(schedule, max(schedule.begin + days * self._day_seconds, time))
        else:
            self._plan(schedule, time + PATIENCE.total_seconds())

    @staticmethod
    def _arrived(schedule: _Schedule) -> bool:
        sent = sum(step.units for step in schedule.steps[: schedule.taken])
        return schedule.order.received >= sent

    def _begins(self, schedule: _Schedule) -> float:
        return schedule.begin + schedule.steps[0].days * self._day_seconds

    def _plan(self, schedule: _Schedule, due: float) -> None:
        schedule.due = due
        heapq.heappush(self._agenda, (due, schedule.order.order_id))
