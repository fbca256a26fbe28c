"""Times, numbers and currencies of a proposed mapping, as the file writes them."""

import re
from zoneinfo import ZoneInfo

from producers.replay.column_content import (
    CENTS,
    currencies,
    decimal_comma,
    distinct,
    has_clocks,
    has_german_dates,
    has_numbers,
    has_offsets,
    time_formats,
)
from producers.replay.column_names import column_of, is_named, vocabulary
from producers.replay.expressions import EPOCHS, own_references, quoted, time_in_format
from producers.replay.proposal import Proposal
from producers.replay.workspace import Database

CODE = re.compile("'([A-Z]{3})'")
"""Currency in an expression."""
IN_ZONE = re.compile(r"in_zone\(CAST\((?P<local>.+) AS TIMESTAMP\), (?P<zone>\w+)\)")
"""A local time of a known export, in ISO 8601."""
WHOLE = ("int", "long")
"""Types of fields with whole numbers."""
MIDNIGHT = {
    "counted_at": "it is read as 00:00, so that what moved on that day changes the count; of a "
    "count after closing, add the hours, as in {} + INTERVAL 20 HOUR",
    "occurred_at": "it is read as 00:00, before any count of that day",
}
"""Effects of times without a time of day."""
COMMA = (
    "a comma in numbers is the decimal sign, so that 48,000 is 48: if it separates thousands, set "
    "decimal_comma = false"
)
DECIMALS = (
    "a point in numbers is the decimal sign, so that 2.000 is 2: if it separates thousands, set "
    "decimal_comma = true"
)
UNDECIDED = (
    "a comma in numbers may be the decimal sign or separate thousands, and lines with one are "
    "rejected: set decimal_comma = true if 48,000 is 48, or false if it is 48000"
)


def read_times(proposal: Proposal, database: Database, zone: str) -> None:
    """Read times in their formats. zone: taken for that of times without an offset."""
    is_timed = any(declared.type == "timestamp-millis" for _, declared in proposal.fields())
    needs_zone, zones = False, _zone_column(proposal, database) if is_timed else None
    for expressions, declared in proposal.fields():
        name, entry = declared.name, expressions[declared.name]
        if declared.type != "timestamp-millis":
            continue
        if "in_zone(" in entry:
            expressions[name] = _in_zone_as_written(proposal, database, entry)
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
        if (formats and formats[0] in EPOCHS) or has_offsets(database, sql):
            continue
        if zones:
            local = expressions[name] if formats else f"CAST({column} AS TIMESTAMP)"
            expressions[name] = f"in_zone({local}, {quoted(zones)})"
        needs_zone = needs_zone or not zones
    if needs_zone and "time_zone" not in proposal.entries:
        proposal.entries["time_zone"] = zone
        proposal.assume(
            f"times have no offset and are taken as local in {zone}: if the stores are elsewhere, "
            "change time_zone"
        )


def _in_zone_as_written(proposal: Proposal, database: Database, entry: str) -> str:
    """Return a local time of a known export in the format of the file, which may be another."""
    match = IN_ZONE.fullmatch(entry)
    formats = time_formats(database, match["local"]) if match else []
    if match is None or not formats:
        return entry
    if len(formats) > 1:
        proposal.assume(f"times are read as {formats[0]}; {formats[1]} fits, too")
    return f"in_zone({time_in_format(match['local'], formats[0], '')}, {match['zone']})"


def _zone_column(proposal: Proposal, database: Database) -> str | None:
    """Return the column with the zone of each line; None if there is none that can be read."""
    column = None if proposal.title else column_of("zone", proposal.columns)
    zones = distinct(database, quoted(column)) if column else []
    others = [zone for zone in zones if not _is_zone(zone)]
    if others:
        proposal.assume(
            f"{column!r} is not read, as {others[0]!r} is no name of the IANA database, such as "
            "Europe/Berlin"
        )
    return column if zones and not others else None


def _is_zone(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (ValueError, LookupError, OSError):
        return False
    return True


def read_numbers(proposal: Proposal, database: Database) -> None:
    """Settle the decimal sign and the currency of amounts."""
    whole = [
        entry
        for expressions, declared in proposal.fields()
        if declared.type in WHOLE and (entry := expressions[declared.name]) in proposal.columns
    ]
    comma, sign = decimal_comma(database, _columns(proposal, *WHOLE, "decimal"), whole)
    prices = (name for name in proposal.columns if has_numbers(database, name))
    pointed = (text for name in prices for text in distinct(database, quoted(name)))
    if sign in ("point", "decimals") and any(map(CENTS.fullmatch, pointed)):
        comma, sign = None, "decimals"
    elif sign == "decimals" and _is_of_comma(proposal, database):
        comma, sign = True, "point"
    if sign == "point":
        proposal.assume("a point in numbers separates thousands, as in 1.250")
    elif sign == "decimals":
        proposal.assume(DECIMALS)
    elif sign:
        is_listed = proposal.form.endswith("separated by ';'")
        comma = True if is_listed or _is_of_comma(proposal, database) else None
        proposal.assume(COMMA if comma else UNDECIDED)
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


def _is_of_comma(proposal: Proposal, database: Database) -> bool:
    """Return True if a file is of a language with a decimal comma."""
    words = vocabulary()["languages"]["decimal_comma"]
    return has_german_dates(database, proposal.columns) or any(
        is_named(column, word) for column in proposal.columns for word in words
    )


def _columns(proposal: Proposal, *types: str) -> list[str]:
    """Return the columns of the file that the fields of some types are made of."""
    further = proposal.entries.get("columns", {})
    used = {
        column
        for expressions, declared in proposal.fields()
        if declared.type in types
        for column in own_references(proposal.sql(expressions[declared.name])[1])
    }
    return sorted(used.union(*(own_references(further.get(column, column)) for column in used)))
