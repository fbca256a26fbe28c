"""The movements and counts of a shelf, from which its level follows."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, bindparam, text

from views.database.column_types import Instant

COUNT = "count"
REFUSED = "refused_count"

_NEWEST = (
    text(Path(__file__).with_name("newest_movements.sql").read_text(encoding="utf-8"))
    .bindparams(bindparam("until", type_=Instant))
    .columns(occurred_at=Instant, recorded_at=Instant)
)
_BALANCE_BEFORE = text(
    Path(__file__).with_name("balance_before.sql").read_text(encoding="utf-8")
).bindparams(
    bindparam("occurred_at", type_=Instant),
    bindparam("beginning", datetime(1, 1, 1, tzinfo=UTC), type_=Instant),
)


@dataclass(frozen=True, slots=True)
class Movement:
    """One movement or count, in the order in which it happened."""

    event_id: str
    kind: str
    """As in the ledger, such as sale or count."""
    quantity: int
    """Units that came (+) or went (-); of a count, the units counted."""
    reason: str | None
    reference: str | None
    """Receipt, order or transfer that it belongs to."""
    occurred_at: datetime
    recorded_at: datetime
    balance: int
    """On hand after it."""
    covered_by: datetime | None
    """Moment of the next count, which replaces the balance; None: no count follows."""

    @property
    def is_late(self) -> bool:
        """True for a movement that was recorded after the count that covers it."""
        return self.covered_by is not None and self.recorded_at > self.covered_by

    @property
    def before(self) -> int | None:
        """On hand before it; None for a count, which does not depend on it."""
        if self.kind == COUNT:
            return None
        return self.balance - (0 if self.kind == REFUSED else self.quantity)


def movements(
    engine: Engine, store_id: str, sku: str, until: datetime, limit: int
) -> list[Movement]:
    """Return the newest movements and counts of a shelf that happened until a moment."""
    shelf = {"store_id": store_id, "sku": sku}
    with engine.connect() as connection:
        choice = {**shelf, "until": until, "row_limit": limit}
        rows = connection.execute(_NEWEST, choice).all()
        balance = 0
        if len(rows) == limit:  # what is before them is one sum
            oldest = {
                "occurred_at": rows[-1].occurred_at,
                "is_count": int(rows[-1].kind == COUNT),
                "event_id": rows[-1].event_id,
            }
            balance = int(connection.scalar(_BALANCE_BEFORE, {**shelf, **oldest}))
    return _with_balances(rows, balance)


def on_hand(newest_first: list[Movement]) -> int | None:
    """Return on hand after the movements; None without any: unknown."""
    return newest_first[0].balance if newest_first else None


def _with_balances(newest_first: Sequence[Any], balance: int) -> list[Movement]:
    """Add up rows. balance: on hand before the oldest one."""
    balances = []
    for row in reversed(newest_first):
        if row.kind == COUNT:
            balance = row.quantity
        elif row.kind != REFUSED:
            balance += row.quantity
        balances.append(balance)
    count: datetime | None = None
    lines = []
    for row, after in zip(newest_first, reversed(balances), strict=True):
        lines.append(Movement(**row._mapping, balance=after, covered_by=count))
        if row.kind == COUNT:
            count = row.occurred_at
    return lines
