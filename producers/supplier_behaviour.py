"""A supplier's deliveries of an order: mostly whole and in time, else late, short or split."""

import random
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from schemas.generated import OpenOrder, ReplenishmentOrder, Shipment

LATE_FACTOR = (1.5, 4.0)
"""Range of the multiple of the lead time that a late delivery takes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reliability:
    """Shares of orders, from 0 to 1, that fail in some way."""

    cancelled: float = 0.03
    late: float = 0.1
    short: float = 0.05
    split: float = 0.05


USUAL = Reliability()


class Step(NamedTuple):
    """One delivery, or the cancellation of the rest of an order."""

    days: float
    """Days after the order was placed."""
    part: int
    """Number of the delivery, from 1; 0 for the cancellation."""
    units: int
    """Units delivered or cancelled, 1 or more."""


def fulfilment(
    units: int, lead_time: float, reliability: Reliability, dice: random.Random
) -> list[Step]:
    """Draw the steps of an order, in order of time; their units add up to `units`.

    lead_time: days from the order to its delivery.
    """
    if dice.random() < reliability.cancelled:
        return [Step(dice.uniform(0, lead_time), 0, units)]
    late = dice.random() < reliability.late
    days = lead_time * (dice.uniform(*LATE_FACTOR) if late else 1.0)
    short = dice.random() < reliability.short and units > 1
    sent = dice.randrange(1, units) if short else units
    if dice.random() < reliability.split and sent > 1:
        first = dice.randrange(1, sent)
        steps = [Step(days, 1, first)]
        days += dice.uniform(0, 1)
        steps.append(Step(days, 2, sent - first))
    else:
        steps = [Step(days, 1, sent)]
    if sent < units:
        # At the time of the last delivery, and after it.
        steps.append(Step(days, 0, units - sent))
    return steps


def delivered(order: ReplenishmentOrder | OpenOrder, step: Step, at: datetime) -> Shipment:
    """Build the shipment of one delivery, received at that time."""
    return Shipment(
        event_id=f"{order.order_id}:delivery-{step.part}",
        order_id=order.order_id,
        store_id=order.store_id,
        sku=order.sku,
        quantity=step.units,
        occurred_at=at,
        recorded_at=at,
    )


def cancelled(
    order: ReplenishmentOrder | OpenOrder, units: int, at: datetime
) -> ReplenishmentOrder:
    """Build the cancellation of an order's last `units`."""
    return ReplenishmentOrder(
        event_id=f"{order.order_id}:cancelled",
        order_id=order.order_id,
        store_id=order.store_id,
        sku=order.sku,
        status="cancelled",
        quantity=units,
        expected_at=order.expected_at or at,
        occurred_at=at,
        recorded_at=at,
    )
