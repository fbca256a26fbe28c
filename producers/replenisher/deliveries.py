"""Orders under way: what becomes of them, and when.

What becomes of an order follows from its order_id and its units, as the open-orders topic has
them: a supplier that starts anew with the same reliability sends the same events again.
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
class _Course:
    """begin, due, acted: seconds since 1970; taken: number of steps that have been."""

    order: OpenOrder
    steps: list[Step]
    begin: float
    taken: int = 0
    due: float = 0.0
    acted: float = 0.0
    withdrawn: bool = False


class Deliveries:
    """The courses of the open orders."""

    def __init__(self, reliability: Reliability, day_seconds: float) -> None:
        self._reliability = reliability
        self._day_seconds = day_seconds
        self._courses: dict[str, _Course] = {}
        self._agenda: list[tuple[float, str]] = []

    def __len__(self) -> int:
        return len(self._courses)

    def put(self, order: OpenOrder, lead_time: int) -> None:
        """Take in the newest record of one of the supplier's own orders. lead_time: days."""
        course = self._courses.get(order.order_id)
        if not order.remaining:
            self._courses.pop(order.order_id, None)
        elif course is not None:
            course.order = order
        elif order.expected_at is not None:
            dice = random.Random(order.order_id)
            steps = fulfilment(order.ordered, lead_time, self._reliability, dice)
            begin = order.expected_at.timestamp() - lead_time * self._day_seconds
            course = self._courses[order.order_id] = _Course(order, steps, begin)
            self._plan(course, self._begins(course))

    def withdraw(self, order_id: str, now: datetime) -> bool:
        """Cancel an order of which nothing can have been sent yet; whether it was so."""
        course = self._courses.get(order_id)
        if course is None or course.withdrawn or now.timestamp() >= self._begins(course):
            return False
        course.withdrawn = True
        course.steps = [Step(0, 0, course.order.remaining)]
        self._plan(course, now.timestamp())
        return True

    def withdrawn(self, order_id: str) -> bool:
        """Whether an open order's cancellation is on its way."""
        course = self._courses.get(order_id)
        return course is not None and course.withdrawn

    def due(self, now: datetime) -> Iterator[Shipment | ReplenishmentOrder]:
        """The events of all steps whose time has come."""
        while self._agenda and self._agenda[0][0] <= now.timestamp():
            due, order_id = heapq.heappop(self._agenda)
            course = self._courses.get(order_id)
            if course is not None and course.due == due:
                yield from self._take(course, now)

    def _take(self, course: _Course, now: datetime) -> Iterator[Shipment | ReplenishmentOrder]:
        order, time = course.order, now.timestamp()
        if course.taken == len(course.steps):
            # Still open, long after the last step: what was sent may not have been accepted.
            course.taken = 0
        elif not course.steps[course.taken].part and not self._arrived(course):
            # An order that were over before its goods are known would be ordered once more.
            if time - course.acted < PATIENCE.total_seconds():
                self._plan(course, time + REVIEW_SECONDS)
                return
            course.taken = 0
        step = course.steps[course.taken]
        if step.part:
            yield delivered(order, step._replace(units=min(step.units, order.remaining)), now)
        else:
            yield cancelled(order, order.remaining, now)
        course.taken += 1
        course.acted = time
        if course.taken < len(course.steps):
            days = course.steps[course.taken].days
            self._plan(course, max(course.begin + days * self._day_seconds, time))
        else:
            self._plan(course, time + PATIENCE.total_seconds())

    @staticmethod
    def _arrived(course: _Course) -> bool:
        sent = sum(step.units for step in course.steps[: course.taken])
        return course.order.received >= sent

    def _begins(self, course: _Course) -> float:
        return course.begin + course.steps[0].days * self._day_seconds

    def _plan(self, course: _Course, due: float) -> None:
        course.due = due
        heapq.heappush(self._agenda, (due, course.order.order_id))
