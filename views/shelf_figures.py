"""The figures of one shelf, computed from the records of the read model."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo

from schemas.generated import InventoryLevel, OpenOrder, Product, SalesByDay
from views import demand
from views.amounts import amount
from views.availability import in_stock
from views.business_days import BusinessDays
from views.demand import SERVICE_LEVEL, DayUnits, Velocity
from views.incoming import OnOrder, on_order
from views.open_items import OrderLine
from views.stock import Status, status
from views.urgency import COUNT_AGE, HOUR, RANK, Need, Situation, is_empty_first, need, pace

UNKNOWN_VELOCITY = Velocity(0, 0, 0.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """The records of one shelf; None: unknown."""

    level: InventoryLevel
    product: Product | None
    """None: not in the catalogue."""
    days: Sequence[SalesByDay | DayUnits] | None
    """Its sales by day, from the first day of demand.window until today."""
    moved_first: datetime | None = None
    """Time of the first entry of its ledger since that day; None also if there is none."""
    last_hour: int | None
    """Net units of the 60 minutes before now."""
    hour_changes_at: datetime | None
    """Moment at which time alone changes last_hour; None: it does not."""
    orders: Sequence[OpenOrder | OrderLine] | None
    """Its open orders."""
    in_transit: int | None
    """Units that other stores have sent."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shelf:
    """One product in one store as pages show, sort and filter it; None: unknown."""

    store_id: str
    sku: str
    name: str | None
    """None: not in the catalogue, as for the next seven."""
    category: str | None
    unit: str | None
    """Base unit of all amounts; None: pieces, or not in the catalogue."""
    barcodes: str | None
    """Codes of the product, separated by blanks; None: none, or not in the catalogue."""
    reorder_point: int | None
    """Units, by the catalogue."""
    order_up_to: int | None
    """Target in units, by the catalogue."""
    policy_reorder_point: int | None
    """Units at or below which new goods are ordered: follows demand (demand.policy)."""
    policy_order_up_to: int | None
    lead_time: int | None
    """Days from an order to its arrival."""
    status: Status
    on_hand: int
    velocity_units: int
    """Net units sold in velocity_days days in stock before today."""
    velocity_days: int
    """0: the velocity is unknown."""
    per_day: float | None
    days_of_cover: float | None
    """Days until empty by the velocity; None: unknown, or per_day is 0: nothing sells."""
    sold_today: int | None
    """Net units of the business day."""
    sold_last_hour: int | None
    """Net units of the last 60 minutes by the clock."""
    pace_per_hour: float | None
    pace_basis: str | None
    """Sales from which the pace is taken: urgency.Basis."""
    hours_left: float | None
    """Hours until empty by the pace; None: unknown, or nothing sells."""
    is_empty_first: bool
    """True: empty before the next goods can come."""
    on_order: int | None
    overdue: int | None
    """Units on order whose expected date has passed."""
    due_at: datetime | None
    """Earliest expected date, which may have passed; None: none on order, or no date."""
    arrives_at: datetime | None
    """Earliest expected date that has not passed."""
    arrives_units: int | None
    in_transit: int | None
    position: int | None
    """On hand + on order + in transit."""
    suggested_order: int | None
    """Units to order now; 0 while the position is above the policy's reorder point."""
    need: Need
    need_rank: int
    """Rank of the need, the most urgent first."""
    urgency: float
    """Sort key within the need, the most urgent first."""
    counted_at: datetime | None
    """None: never counted."""
    last_movement_at: datetime
    version: int
    generation: int
    """Of the level."""
    refreshed_at: datetime
    """Moment of the figures, UTC."""
    refresh_at: datetime
    """Moment at which time alone changes a figure, UTC."""

    def amount(self, number: float) -> str:
        """Format an amount of the product: "1,200", "1.204 kg"."""
        return amount(number, self.unit)


def shelf(facts: Facts, now: datetime, days: BusinessDays) -> Shelf:
    """Compute the figures of one shelf."""
    level, product, zone = facts.level, facts.product, days.zone
    lead_hours = days.lead_hours(product.lead_time) if product else None
    today = now.astimezone(zone).date()
    velocity = _velocity(facts, today, zone)
    policy = None
    if product is not None and lead_hours is not None:
        # The velocity is per calendar day.
        policy = demand.policy(product, velocity, lead_hours / 24, SERVICE_LEVEL)
    incoming = OnOrder() if facts.orders is None else on_order(facts.orders, now)
    position = None
    if facts.orders is not None and facts.in_transit is not None:
        position = level.on_hand + incoming.units + facts.in_transit
    situation = Situation(
        on_hand=level.on_hand,
        status=status(level, product),
        pace=pace(facts.last_hour, velocity.per_day),
        incoming=incoming,
        position=position,
        suggested_order=_suggested_order(policy, position),
        lead_hours=lead_hours,
        counted_at=level.counted_at,
    )
    current, urgency = need(situation, now)
    return Shelf(
        store_id=level.store_id,
        sku=level.sku,
        name=product.name if product else None,
        category=product.category if product else None,
        unit=product.unit if product else None,
        barcodes=product.barcodes if product else None,
        reorder_point=product.reorder_point if product else None,
        order_up_to=product.order_up_to if product else None,
        policy_reorder_point=policy.reorder_point if policy else None,
        policy_order_up_to=policy.order_up_to if policy else None,
        lead_time=product.lead_time if product else None,
        status=situation.status,
        on_hand=level.on_hand,
        velocity_units=velocity.units,
        velocity_days=velocity.days,
        per_day=velocity.per_day,
        days_of_cover=_finite(demand.days_of_cover(level.on_hand, velocity.per_day)),
        sold_today=_sold_on(today, facts.days),
        sold_last_hour=facts.last_hour,
        pace_per_hour=situation.pace.per_hour if situation.pace else None,
        pace_basis=situation.pace.basis if situation.pace else None,
        hours_left=_finite(situation.hours_left),
        is_empty_first=is_empty_first(situation, now),
        on_order=None if facts.orders is None else incoming.units,
        overdue=None if facts.orders is None else incoming.overdue,
        due_at=incoming.due_at,
        arrives_at=incoming.arrives_at,
        arrives_units=incoming.arrives_units if incoming.arrives_at else None,
        in_transit=facts.in_transit,
        position=position,
        suggested_order=situation.suggested_order,
        need=current,
        need_rank=RANK[current],
        urgency=urgency,
        counted_at=level.counted_at,
        last_movement_at=level.last_movement_at,
        version=level.version,
        generation=level.generation,
        refreshed_at=now,
        refresh_at=_refresh_at(facts, situation, now, zone),
    )


def _velocity(facts: Facts, today: date, zone: tzinfo) -> Velocity:
    if facts.days is None:
        return UNKNOWN_VELOCITY
    days = in_stock(facts.level, facts.days, today, zone, facts.moved_first)
    return demand.velocity(facts.days, days, today)


def _suggested_order(policy: demand.Policy | None, position: int | None) -> int | None:
    if policy is None or position is None:
        return None
    if position > policy.reorder_point:
        return 0
    return demand.suggested_order(policy.order_up_to, position)


def _sold_on(today: date, days: Sequence[SalesByDay | DayUnits] | None) -> int | None:
    if days is None:
        return None
    written = today.isoformat()
    return sum(day.units for day in days if day.business_day == written)


def _refresh_at(facts: Facts, situation: Situation, now: datetime, zone: tzinfo) -> datetime:
    """Return the first moment after now at which time alone changes a figure."""
    tomorrow = now.astimezone(zone).date() + timedelta(days=1)
    moments = [datetime.combine(tomorrow, time.min, zone).astimezone(now.tzinfo)]
    if facts.hour_changes_at is not None:
        moments.append(facts.hour_changes_at)
    arrives_at, left = situation.incoming.arrives_at, situation.hours_left
    if arrives_at is not None:
        moments.append(arrives_at + timedelta(milliseconds=1))
        if left is not None and left < (arrives_at - now) / HOUR:
            # From then on what is left lasts until the goods come, if nothing is sold.
            moments.append(arrives_at - left * HOUR)
    if situation.counted_at is not None and situation.counted_at < now:
        moments.append(situation.counted_at + COUNT_AGE + timedelta(milliseconds=1))
    return min(moment for moment in moments if moment > now)


def _finite(figure: float | None) -> float | None:
    return None if figure is None or math.isinf(figure) else figure
