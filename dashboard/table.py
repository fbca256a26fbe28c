"""The table of all products of a store, as Arrow columns."""

from collections.abc import Sequence
from datetime import tzinfo
from typing import Any

import pyarrow as pa
import streamlit as st

from dashboard.labels import plain
from dashboard.shelf import Line
from dashboard.style import COLOURS


def frame(lines: Sequence[Line]) -> pa.Table:
    """A row for each line, in the order given; null where something is not known."""
    levels = [line.level for line in lines]
    time = pa.timestamp("ms", tz="UTC")
    return pa.table(
        {
            "name": [plain(line.name) for line in lines],
            "sku": [plain(level.sku) for level in levels],
            "status": [[line.status.value] for line in lines],
            "on_hand": [level.on_hand for level in levels],
            "reorder_point": pa.array([line.reorder_point for line in lines], pa.int64()),
            "category": [plain(line.category) for line in lines],
            "sold": [level.sold for level in levels],
            "returned": [level.returned for level in levels],
            "received": [level.received for level in levels],
            "last_movement_at": pa.array([level.last_movement_at for level in levels], time),
        }
    )


def columns(shown: tzinfo) -> dict[str, Any]:
    """How Streamlit shows the columns; times in a zone that is named."""
    number = st.column_config.NumberColumn
    text = st.column_config.TextColumn
    return {
        "name": text("Product", width="medium"),
        "sku": text("SKU"),
        "status": st.column_config.MultiselectColumn(
            "Status", options=[*COLOURS], color=[*COLOURS.values()], width="small"
        ),
        "on_hand": number("On hand", format="localized"),
        "reorder_point": number("Reorder point", format="localized"),
        "category": text("Category"),
        "sold": number("Sold", format="localized"),
        "returned": number("Returned", format="localized"),
        "received": number("Received", format="localized"),
        "last_movement_at": st.column_config.DatetimeColumn(
            f"Last movement ({shown})", format="YYYY-MM-DD HH:mm:ss", timezone=str(shown)
        ),
    }
