"""The barcodes of a product, which a file has in one column or in several."""

import re
from collections.abc import Iterable

from producers.replay.column_content import distinct
from producers.replay.column_names import columns_of
from producers.replay.expressions import quoted
from producers.replay.workspace import Database

SEVERAL = re.compile(r"\d{6}\s*[,;|/]\s*\d{6}", re.ASCII)
"""Several codes in one cell."""


def barcodes_entry(database: Database, columns: Iterable[str]) -> str:
    """Return the expression for the codes in all columns that have some by their names, or ""."""
    named = columns_of("barcode", columns)
    entry = f"concat_ws(' ', {', '.join(map(quoted, named))})" if len(named) > 1 else "".join(named)
    held = (text for column in named for text in distinct(database, quoted(column)))
    if any(map(SEVERAL.search, held)):
        sql = entry if len(named) > 1 else quoted(entry)
        return f"regexp_replace({sql}, '[,;|/]', ' ', 'g')"
    return entry
