"""The columns of the stock table, for the screen and for the download."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import Any

import pyarrow as pa
import streamlit as st

from dashboard.model.unlisted import NO_NAME
from dashboard.text.display_time import stamp
from dashboard.text.shelf_words import counted_words, due_words, lasts
from dashboard.text.table_file import Cell, Sheet
from dashboard.web.amount_column import WHOLE, amount_cells, amount_config
from dashboard.web.palette import palette
from dashboard.web.row_height import is_on_a_phone
from views.amounts import PIECES, unit_name
from views.demand import WINDOW
from views.need_words import SIGNS
from views.plain_text import plain
from views.shelf_figures import Shelf


@dataclass(frozen=True, slots=True)
class Column:
    """One column of the table."""

    label: str
    cell: Callable[[Shelf, datetime, tzinfo], Cell]
    """Value of a shelf, by the current time and the zone of the times; None: unknown."""
    sort: str | None = None
    """The sort that a click on the heading chooses: a key of shelf_search.SORTS."""
    help: str | None = None
    is_amount: bool = False
    """True for an amount of the product."""


def _text(label: str, cell: Any, sort: str | None = None, help_text: str | None = None) -> Column:
    return Column(label, cell, sort, help_text)


def _units(label: str, name: str, sort: str | None = None, help_text: str | None = None) -> Column:
    return Column(label, lambda one, *_: getattr(one, name), sort, help_text, is_amount=True)


COLUMNS: Mapping[str, Column] = {
    # Those of the first three are in view on a phone.
    "name": _text("Product", lambda one, *_: plain(one.name or NO_NAME), "name"),
    "on_hand": _units("On hand", "on_hand", "least on hand"),
    "status": _text("State", lambda one, *_: one.status.value, "most urgent"),
    "sku": _text("SKU", lambda one, *_: plain(one.sku), "SKU"),
    "lasts": _text(
        "Lasts",
        lambda one, *_: lasts(one),
        "empty first",
        "Time until the shelf is empty, at the faster of the last hour's and the usual pace.",
    ),
    "on_order": _units("On order", "on_order", "most on order", "Ordered and not yet received."),
    "due": _text("Due", due_words, "due first", "Earliest expected date of the units on order."),
    "sold_today": _units("Sold today", "sold_today", "best sold today", "Sold less returned."),
    "counted": _text(
        "Last counted",
        lambda one, _, shown: counted_words(one, shown),
        "longest uncounted",
    ),
    "need": _text(
        "Need",
        lambda one, *_: SIGNS[one.need][1] if one.need in SIGNS else None,
        "most urgent",
        "The reason for which Today lists it.",
    ),
    "category": _text("Category", lambda one, *_: plain(one.category or NO_NAME)),
    "barcodes": _text("Barcodes", lambda one, *_: one.barcodes and plain(one.barcodes)),
    "reorder_point": _units("Reorder point", "reorder_point", None, "From the catalogue."),
    "in_transit": _units("In transit", "in_transit", None, "On the way from other stores."),
    "suggested": _units(
        "Suggested order",
        "suggested_order",
        None,
        "Units up to the target, when what is on hand and on its way is too little for the demand.",
    ),
    "sold_last_hour": _units("Sold in the last hour", "sold_last_hour"),
    "per_day": _units(
        "Sold per day",
        "per_day",
        None,
        f"Sold less returned, per day in stock, over the {WINDOW} days before today.",
    ),
    "moved": _text("Last movement", lambda one, _, shown: stamp(one.last_movement_at, shown)),
}
STATE = 82
"""Pixels of the longest state."""
NAME, PHONE_NAME = 200, 176
"""Pixels of the names; on a phone they leave room for the amount and the state."""
USUAL = tuple(COLUMNS)[:9]
"""Columns that are always shown."""
MORE = {COLUMNS[name].label: name for name in COLUMNS if name not in USUAL}
"""Further columns by label."""


def rows(
    shelves: Sequence[Shelf], names: Sequence[str], now: datetime, shown: tzinfo
) -> list[list[Cell]]:
    """Return the cells of each shelf in the columns of some names."""
    cells = [COLUMNS[name].cell for name in names]
    return [[cell(one, now, shown) for cell in cells] for one in shelves]


def labels(names: Sequence[str], shown: tzinfo) -> list[str]:
    """Return the headings; those of times name their zone."""
    times = {"due", "counted", "moved"}
    return [f"{COLUMNS[n].label} ({shown})" if n in times else COLUMNS[n].label for n in names]


def frame(shelves: Sequence[Shelf], names: Sequence[str], now: datetime, shown: tzinfo) -> pa.Table:
    """Build a row for each shelf, in order; null: unknown."""
    columns = list(zip(*rows(shelves, names, now, shown), strict=True)) or [()] * len(names)
    units = [one.unit for one in shelves]
    arrays: dict[str, Any] = {}
    for name, values in zip(names, columns, strict=True):
        if name == "status":
            arrays[name] = [[value] for value in values]
        elif COLUMNS[name].is_amount:
            numbers = pa.float64() if name == "per_day" else pa.int64()
            arrays[name] = amount_cells(zip(values, units, strict=True), numbers)
        else:
            arrays[name] = pa.array(values, pa.string())
    return pa.table(arrays)


def sheet(shelves: Sequence[Shelf], names: Sequence[str], now: datetime, shown: tzinfo) -> Sheet:
    """Return the table as on the screen, for a file: with amounts as whole base units.

    A further column names the units where not all are pieces.
    """
    heading, lines = labels(names, shown), rows(shelves, names, now, shown)
    if any(unit_name(one.unit) for one in shelves):
        heading.append("Unit")
        for line, one in zip(lines, shelves, strict=True):
            line.append(one.unit or PIECES)
    return Sheet(heading, lines)


def config(names: Sequence[str], shown: tzinfo, table: pa.Table) -> dict[str, Any]:
    """Configure the columns of some names. table: that of frame."""
    chips = palette().chips
    names_width = PHONE_NAME if is_on_a_phone() else NAME
    configured: dict[str, Any] = {}
    for name, label in zip(names, labels(names, shown), strict=True):
        column = COLUMNS[name]
        if name == "status":
            configured[name] = st.column_config.MultiselectColumn(
                label, options=[*chips], color=[*chips.values()], width=STATE
            )
        elif column.is_amount:
            numbers = "%,.2f" if name == "per_day" else WHOLE
            configured[name] = amount_config(label, table[name], column.help, numbers)
        else:
            configured[name] = st.column_config.TextColumn(
                label,
                help=column.help,
                width=names_width if name == "name" else None,
            )
    return configured
