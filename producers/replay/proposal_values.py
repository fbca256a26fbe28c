"""Times, numbers and currencies of a proposed mapping, as the file writes them."""

import re

from producers.replay.column_content import (
    currencies,
    decimal_comma,
    has_clocks,
    has_offsets,
    time_formats,
)
from producers.replay.expressions import EPOCHS, own_references, time_in_format
from producers.replay.proposal import Proposal
from producers.replay.workspace import Database

CODE = re.compile("'([A-Z]{3})'")
"""Currency in an expression."""
WHOLE = ("int", "long")
"""Types of fields with whole numbers."""
MIDNIGHT = {
    "counted_at": "it is read as 00:00, so that what moved on that day changes the count; of a "
    "count after closing, add the hours, as in {} + INTERVAL 20 HOUR",
    "occurred_at": "it is read as 00:00, before any count of that day",
}
"""Effects of times without a time of day."""


def read_times(proposal: Proposal, database: Database, zone: str) -> None:
    """Read times in their formats. zone: taken for that of times without an offset."""
    needs_zone = False
    for expressions, declared in proposal.fields():
        name, entry = declared.name, expressions[declared.name]
        if declared.type != "timestamp-millis" or "in_zone(" in entry:
            continue
        column, sql = proposal.sql(entry)
        formats = time_formats(database, sql)
        if formats:
            expressions[name] = time_in_format(column, formats[0], name)
        if len(formats) > 1:
            proposal.assume(f"{name} is read as {formats[0]}; {formats[1]} fits, too")
        if name in MIDNIGHT and not has_clocks(database, sql):
            kind = "TIMESTAMPTZ" if has_offsets(database, sql) else "TIMESTAMP"
            time = expressions[name] if formats else f"CAST({column} AS {kind})"
            proposal.assume(f"{name} has no time of day: {MIDNIGHT[name].format(time)}")
        is_instant = bool(formats) and formats[0] in EPOCHS
        needs_zone = needs_zone or not (is_instant or has_offsets(database, sql))
    if needs_zone and "time_zone" not in proposal.entries:
        proposal.entries["time_zone"] = zone
        proposal.assume(
            f"times have no offset and are taken as local in {zone}: if the stores are elsewhere, "
            "change time_zone"
        )


def read_numbers(proposal: Proposal, database: Database) -> None:
    """Settle the decimal sign and the currency of amounts."""
    whole = [
        entry
        for expressions, declared in proposal.fields()
        if declared.type in WHOLE and (entry := expressions[declared.name]) in proposal.columns
    ]
    comma, sign = decimal_comma(database, _columns(proposal, *WHOLE, "decimal"), whole)
    if sign:
        number = "1.250" if sign == "point" else "1,250"
        proposal.assume(f"a {sign} in numbers separates thousands, as in {number}")
    if comma is not None:
        proposal.entries["decimal_comma"] = comma
    shown = currencies(database, _columns(proposal, "decimal"))
    for expressions, declared in proposal.fields():
        assumed = CODE.search(expressions["currency"]) if declared.name == "currency" else None
        if assumed and shown:
            expressions["currency"] = CODE.sub(f"'{shown[0]}'", expressions["currency"])
            if len(shown) > 1:
                proposal.assume(f"amounts in {', '.join(shown)} are all taken as {shown[0]}")
        elif assumed:
            proposal.assume(f"amounts are in {assumed[1]}: the file does not say so")


def _columns(proposal: Proposal, *types: str) -> list[str]:
    """Return the columns of the file that the fields of some types are made of."""
    return sorted(
        {
            column
            for expressions, declared in proposal.fields()
            if declared.type in types
            for column in own_references(proposal.sql(expressions[declared.name])[1])
        }
    )
