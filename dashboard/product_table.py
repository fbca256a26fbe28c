"""The table of all products of a store, as Arrow columns."""

from collections.abc import Sequence
from datetime import datetime, tzinfo
from typing import Any

import pyarrow as pa
import streamlit as st

from dashboard.display_text import plain
from dashboard.display_time import due, stamp
from dashboard.shelf import Line
from dashboard.style import COLOURS
from dashboard.supply import Coming
from views.demand import ENOUGH, WINDOW, Velocity

NONE_DUE = "\u2013"
NEVER = "never counted"


def frame(lines: Sequence[Line], now: datetime, shown: tzinfo) -> pa.Table:
    """A row for each line, in the order given; null where something is not known.

    now: after which what is due is not overdue yet; shown: zone of the times written as text.
    """
    levels = [line.level for line in lines]
    sells = [line.outlook.velocity for line in lines]
    integer, real, text = pa.int64(), pa.float64(), pa.string()
    return pa.table(
        {
            "name": [plain(line.name) for line in lines],
            "sku": [plain(level.sku) for level in levels],
            "status": [[line.status.value] for line in lines],
            "on_hand": [level.on_hand for level in levels],
            "on_order": pa.array([line.coming.on_order for line in lines], integer),
            "due": pa.array([due_words(line.coming, now, shown) for line in lines], text),
            "in_transit": pa.array([line.coming.in_transit for line in lines], integer),
            "per_day": pa.array([one.per_day for one in sells], real),
            "demand": pa.array([demand_words(one) for one in sells], text),
            "cover": pa.array([line.days_of_cover for line in lines], real),
            "suggested": pa.array([line.suggested_order for line in lines], integer),
            "reorder_point": pa.array([line.reorder_point for line in lines], integer),
            "counted": [counted_words(level.counted_at, shown) for level in levels],
            "category": [plain(line.category) for line in lines],
            "sold": [level.sold for level in levels],
            "returned": [level.returned for level in levels],
            "received": [level.received for level in levels],
            "adjusted": [level.adjusted for level in levels],
            "transferred_in": [level.transferred_in for level in levels],
            "transferred_out": [level.transferred_out for level in levels],
            "last_movement_at": pa.array(
                [level.last_movement_at for level in levels], pa.timestamp("ms", tz="UTC")
            ),
        }
    )


def due_words(coming: Coming, now: datetime, shown: tzinfo) -> str | None:
    """When the next of what is on order is expected; None while the orders are not known."""
    if coming.on_order is None:
        return None
    return due(coming.due, now, shown) if coming.on_order else NONE_DUE


def demand_words(sells: Velocity) -> str | None:
    """How many days the velocity rests on; None when on none."""
    if not sells.days:
        return None
    days = f"{sells.days} day{'s' if sells.days > 1 else ''}"
    return f"{days}, thin" if sells.thin else days


def counted_words(counted_at: datetime | None, shown: tzinfo) -> str:
    return NEVER if counted_at is None else stamp(counted_at, shown)


def columns(shown: tzinfo) -> dict[str, Any]:
    """How Streamlit shows the columns; times in a zone that is named."""
    text = st.column_config.TextColumn
    return {
        "name": text("Product", width="medium", pinned=True),
        "sku": text("SKU"),
        "status": st.column_config.MultiselectColumn(
            "Status", options=[*COLOURS], color=[*COLOURS.values()], width="small"
        ),
        "on_hand": _units("On hand"),
        "on_order": _units("On order", "Ordered and not yet received."),
        "due": text("Due", help=f"Earliest date promised of what is on order ({shown})."),
        "in_transit": _units("In transit", "On its way from other stores."),
        "per_day": st.column_config.NumberColumn("Sold per day", format="%.2f", help=VELOCITY),
        "demand": text("From", help=f"Days in stock behind it; thin: fewer than {ENOUGH}."),
        "cover": st.column_config.NumberColumn(
            "Days of cover",
            format="%.1f",
            help="Days until the shelf is empty as it sells; Infinity: nothing sells.",
        ),
        "suggested": _units("Suggested order", SUGGESTED),
        "reorder_point": _units("Reorder point", "The catalogue's."),
        "counted": text("Last counted", help=f"The count that on hand rests on ({shown})."),
        "category": text("Category"),
        "sold": _units("Sold"),
        "returned": _units("Returned"),
        "received": _units("Received"),
        "adjusted": _units("Adjusted", "Found less lost."),
        "transferred_in": _units("Transferred in"),
        "transferred_out": _units("Transferred out"),
        "last_movement_at": st.column_config.DatetimeColumn(
            f"Last movement ({shown})", format="YYYY-MM-DD HH:mm:ss", timezone=str(shown)
        ),
    }


VELOCITY = (
    f"Net units over the days in stock of the {WINDOW} before today. In stock are taken to be all "
    "days from the first sale (or the last movement, if earlier) until yesterday, or until the "
    "last movement when nothing is on hand; days empty in between are not known and count too."
)
SUGGESTED = (
    "Once on hand + on order is at or below the reorder point that demand asks for: what fills "
    "them up to the target. With thin demand, reorder point and target are the catalogue's."
)


def _units(label: str, explained: str | None = None) -> Any:
    return st.column_config.NumberColumn(label, format="localized", help=explained)
