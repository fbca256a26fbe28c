"""How a supplier keeps to an order: mostly whole and in time, else late, short, split or never."""

import random
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from schemas.generated import OpenOrder, ReplenishmentOrder, Shipment

TIMES_AS_LATE = (1.5, 4.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reliability:
    """Shares of orders, from 0 to 1, that are cancelled, and that come late, short or in two."""

    cancelled: float = 0.03
    late: float = 0.1
    short: float = 0.05
    split: float = 0.05


USUAL = Reliability()


class Step(NamedTuple):
    """What is done for an order.

    days: after it was placed; part: number of the delivery, from 1, or 0 when it is the
    cancellation of what will not come; units: delivered or cancelled, 1 or more.
    """

    days: float
    part: int
    units: int


def fulfilment(
    units: int, lead_time: float, reliability: Reliability, dice: random.Random
) -> list[Step]:
    """The steps for an order of so many units, in their order; they always add up to it.

    lead_time: days from the order to its delivery.
    """
    if dice.random() < reliability.cancelled:
        return [Step(dice.uniform(0, lead_time), 0, units)]
    late = dice.random() < reliability.late
    days = lead_time * (dice.uniform(*TIMES_AS_LATE) if late else 1.0)
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
        # Of the same moment as the last delivery, and behind it.
        steps.append(Step(days, 0, units - sent))
    return steps


def delivered(order: ReplenishmentOrder | OpenOrder, step: Step, at: datetime) -> Shipment:
    """The goods of one delivery, received at that time."""
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
    """The end of an order of which so many units will not come."""
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
