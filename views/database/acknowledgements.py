"""Needs that a person has seen or postponed: what no topic can fill again."""

from datetime import datetime

from sqlalchemy import Column, ColumnElement, Table, and_, or_

from views.database.column_types import Characters, Instant
from views.database.tables import METADATA

ACKNOWLEDGEMENTS = Table(
    "acknowledgements",
    METADATA,
    Column("store_id", Characters, primary_key=True),
    Column("sku", Characters, primary_key=True),
    Column("need", Characters, nullable=False),
    Column("acknowledged_at", Instant, nullable=False),
    Column("until", Instant),
)
"""Shelves that are not listed as needing a person: until a moment, or, without one, until the need
is another one. A rebuild of the read model keeps this table.

need: urgency.Need at that moment. A row ends when the shelf's need changes.
"""


def hides(need: Column[str], now: datetime) -> ColumnElement[bool]:
    """Return the condition that an acknowledgement hides a need of its shelf now."""
    until = ACKNOWLEDGEMENTS.c.until
    return and_(ACKNOWLEDGEMENTS.c.need == need, or_(until.is_(None), until > now))
