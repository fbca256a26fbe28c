"""Columns of amounts: numbers, which a table can sort, or text where goods are weighed."""

from collections.abc import Iterable
from typing import Any

import pyarrow as pa
import streamlit as st

from views.amounts import amount, unit_name

Amount = tuple[float | None, str | None]
"""A number of base units, None: unknown; and the unit, None: pieces."""
Cells = Any
"""A column of an Arrow table."""
WHOLE = "%,d"
"""Format of whole numbers, as the rest of a page has them; the browser's may be another."""


def amount_cells(amounts: Iterable[Amount], numbers: Any = None) -> Cells:
    """Build the cells of a column: numbers of pieces, or "1.204 kg" beside "12".

    numbers: type of the numbers, by default whole ones; a part of a unit then makes text of all. So
    does a negative number: a table writes it with another minus sign than sentences and charts.
    """
    rows = list(amounts)
    known = [number for number, _ in rows if number is not None]
    is_plain = all(each >= 0 and (numbers or each == int(each)) for each in known)
    if is_plain and not any(unit_name(unit) for _, unit in rows):
        return pa.array([number for number, _ in rows], numbers or pa.int64())
    words = [None if number is None else amount(number, unit) for number, unit in rows]
    return pa.array(words, pa.string())


def amount_config(
    label: str, cells: Cells, help_text: str | None = None, numbers: str = WHOLE
) -> Any:
    """Configure the column of such cells. numbers: format of numbers."""
    if pa.types.is_string(cells.type):
        return st.column_config.TextColumn(label, help=help_text, alignment="right")
    return st.column_config.NumberColumn(label, format=numbers, help=help_text)
