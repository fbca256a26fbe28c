"""The product table of a store as Arrow columns."""

from collections.abc import Sequence
from datetime import datetime, tzinfo
from typing import Any

import pyarrow as pa
import streamlit as st

from dashboard.model.shelf import Line
from dashboard.text.display_text import plain
from dashboard.text.shelf_text import counted_words, demand_words, due_words
from dashboard.web.style import COLOURS
from views.demand import ENOUGH, WINDOW


def frame(lines: Sequence[Line], now: datetime, shown: tzinfo) -> pa.Table:
    """Build a row for each line, in order; null: unknown.

    now: time before which a due date is overdue; shown: zone of the times in text cells.
    """
    levels = [line.level for line in lines]
    velocities = [line.outlook.velocity for line in lines]
    integer, real, text = pa.int64(), pa.float64(), pa.string()
    return pa.table(
        {
            "name": [plain(line.name) for line in lines],
            "sku": [plain(level.sku) for level in levels],
            "status": [[line.status.value] for line in lines],
            "on_hand": [level.on_hand for level in levels],
            "on_order": pa.array([line.incoming.on_order for line in lines], integer),
            "due": pa.array([due_words(line.incoming, now, shown) for line in lines], text),
            "in_transit": pa.array([line.incoming.in_transit for line in lines], integer),
            "per_day": pa.array([velocity.per_day for velocity in velocities], real),
            "demand": pa.array([demand_words(velocity) for velocity in velocities], text),
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


def columns(shown: tzinfo) -> dict[str, Any]:
    """Configure the columns; shown: zone of the times, named in their headings."""
    text = st.column_config.TextColumn
    return {
        "name": text("Product", width="medium", pinned=True),
        "sku": text("SKU"),
        "status": st.column_config.MultiselectColumn(
            "Status", options=[*COLOURS], color=[*COLOURS.values()], width="small"
        ),
        "on_hand": _units("On hand"),
        "on_order": _units("On order", "Ordered and not yet received."),
        "due": text("Due", help=f"Earliest expected date of the units on order ({shown})."),
        "in_transit": _units("In transit", "On the way from other stores."),
        "per_day": st.column_config.NumberColumn("Sold per day", format="%.2f", help=VELOCITY),
        "demand": text("Based on", help=f"Days in stock. Thin: fewer than {ENOUGH}."),
        "cover": st.column_config.NumberColumn(
            "Days of cover",
            format="%.1f",
            help="Days until the shelf is empty. Infinity: nothing sells.",
        ),
        "suggested": _units("Suggested order", SUGGESTED),
        "reorder_point": _units("Reorder point", "From the catalogue."),
        "counted": text("Last counted", help=f"Latest stock count ({shown})."),
        "category": text("Category"),
        "sold": _units("Sold"),
        "returned": _units("Returned"),
        "received": _units("Received"),
        "adjusted": _units("Adjusted", "Found less lost or damaged."),
        "transferred_in": _units("Transferred in"),
        "transferred_out": _units("Transferred out"),
        "last_movement_at": st.column_config.DatetimeColumn(
            f"Last movement ({shown})", format="YYYY-MM-DD HH:mm:ss", timezone=str(shown)
        ),
    }


VELOCITY = (
    f"Units sold less returned, per day in stock, over the {WINDOW} days before today. Days in "
    "stock: from the first sale until yesterday, or until the last movement when nothing is on "
    "hand. Empty days in between count as in stock."
)
SUGGESTED = (
    "When on hand + on order is at or below the reorder point for the current demand: the units "
    "up to the target. With thin demand, the catalogue's reorder point and target apply."
)


def _units(label: str, help_text: str | None = None) -> Any:
    return st.column_config.NumberColumn(label, format="localized", help=help_text)
