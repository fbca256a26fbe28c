"""A mapping by the names of a file's columns, and by what those of few different values hold."""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from producers.replay.column_content import distinct, few_values
from producers.replay.column_names import column_of, vocabulary
from producers.replay.expressions import quoted
from producers.replay.target_contract import RECORD_TYPES
from producers.replay.workspace import Database

IDENTITY = (
    "store_id", "terminal_id", "receipt_id", "line_no", "order_id", "transfer_id", "sku", "phase",
    "status", "from_store", "to_store", "occurred_at", "counted_at",
)  # fmt: skip
"""Fields whose columns together identify a line of a file without an id."""
MISSING = {
    "store_id": "the store of all lines is",
    "counted_at": "the moment of the count is, also in further files,",
}
"""Fields that a file may lack, and what is assumed then."""
AMOUNTS = {"replenishment_order": "received", "shipment": "ordered"}
"""Meanings of columns with further amounts of goods, by contract."""
LARGE = ("kg", "l", "m")
"""Units that have 1,000 of a base unit."""
CODED = re.compile(r"\[([^\]]+)\].*")
"""Code and name in one, as Odoo writes products."""
CHOOSING = re.compile(
    "typ|status|state|estado|statut|void|cancel|storn|anul|return|refund|retour|rückg|devol",
    re.IGNORECASE,
)
"""Names of columns that may say which lines are events."""


def guessed_text(
    database: Database, file: Path, columns: tuple[str, ...], contract: tuple[str, dict[str, str]]
) -> tuple[str, list[str]]:
    """Return a mapping in TOML, and what it assumes.

    contract: its name, and the expression of each field.
    """
    name, fields = contract
    assumptions = [
        f"{MISSING[field]} {value}, as the file has none"
        for field, value in fields.items()
        if field in MISSING and value.startswith("'")
    ]
    identity = _identity(database, columns, fields)
    sku = fields["sku"]
    if all(map(CODED.fullmatch, distinct(database, quoted(sku)))):
        fields["sku"] = f"regexp_extract({quoted(sku)}, '{CODED.pattern}', 1)"
    elif sku == column_of("name", columns):
        assumptions.append(f"goods are known by {sku!r}, as the file has no SKU")
    further = {}
    if fields.get("counted_at", "").startswith("'"):
        further["moment"] = fields["counted_at"]
        fields["counted_at"] = "moment"
        identity.append("moment")
    where = _lines(database, columns, fields, (identity, assumptions))
    _add_clock(database, columns, fields)
    if "quantity" in fields:
        assumptions += _in_base_units(database, columns, fields)
    entries: dict[str, object] = {"contract": name}
    if RECORD_TYPES[name].EVENT_TIME is not None:
        entries |= {
            "source": re.sub(r"[\W\d_]+", "-", file.name.partition(".")[0]).strip("-") or "export",
            "event_id": identity,
            "identical_lines": "repeats" if len(identity) == 1 else "distinct",
        }
    other = column_of(AMOUNTS.get(name, ""), columns)
    if other and other not in "".join(fields.values()):
        assumptions.append(f"{other!r} is not read: it needs [[events]] of its own")
    if where:
        entries["where"] = where
    lines = [
        "# Proposed by the names of the columns: check each entry.",
        "# Keep `source` and `event_id` for every further export of this origin.",
        *_entries(entries),
        *(["", "[columns]", *_entries(further)] if further else []),
        "",
        "[fields]",
        *_entries(fields),
    ]
    return "\n".join(lines) + "\n", assumptions


def _entries(entries: Mapping[str, object]) -> list[str]:
    return [f"{name} = {toml(value)}" for name, value in entries.items()]


def toml(value: object) -> str:
    """Write a value in TOML; SQL, which is full of quotes, as it is."""
    if isinstance(value, str) and '"' in value and "\n" not in value:
        return f"'{value}'" if "'" not in value else f"'''{value}'''"
    return json.dumps(value, ensure_ascii=False)


def _identity(database: Database, columns: tuple[str, ...], fields: dict[str, str]) -> list[str]:
    """Return an id that no two lines share, or the columns that say of what a line is."""
    own = column_of("id", columns)
    if own:
        count = database.execute(
            f"SELECT count(*) = count(DISTINCT {quoted(own)}) FROM file"
        ).fetchone()
        if count and count[0]:
            return [own]
    named = [fields[name] for name in IDENTITY if fields.get(name) in columns]
    return list(dict.fromkeys(named))


def _lines(
    database: Database,
    columns: tuple[str, ...],
    fields: dict[str, str],
    others: tuple[list[str], list[str]],
) -> str:
    """Return the expression for lines that count; turn amounts of returns below zero.

    others: identity columns, which get that of returns, and assumptions.
    """
    conditions = []
    identity, assumptions = others
    used = set(fields.values())
    for column in columns:
        if column in used or not CHOOSING.search(column):
            continue
        counts = few_values(database, column)
        cancelled = _chosen("cancelled", column, counts)
        returned = _chosen("returned", column, counts)
        held = f"lower(coalesce(CAST({quoted(column)} AS VARCHAR), ''))"
        if cancelled:
            conditions.append(f"{held} NOT IN ({_listed(cancelled)})")
        if returned and "line_amount" in fields:
            identity += [column] if len(identity) > 1 else []
            for name in ("quantity", "line_amount"):
                number = f"number({_sql(fields[name], columns)})"
                fields[name] = (
                    f"CASE WHEN {held} IN ({_listed(returned)}) THEN -abs({number}) "
                    f"ELSE {number} END"
                )
        if len(counts) > 1 and not cancelled and not returned:
            shown = ", ".join(f"{value} {count:,}" for value, count in counts.items())
            assumptions.append(f"every line counts, whatever its {column!r} ({shown})")
    return " AND ".join(conditions)


def _chosen(meaning: str, column: str, counts: Iterable[str]) -> list[str]:
    """Return the values of a column that have a meaning; yes, if the column itself is named so."""
    words = vocabulary()["values"]
    is_flag = set(counts) <= {*words["true"], *words["false"]}
    is_named = any(word in column.casefold() for word in words[meaning])
    chosen = words["true"] if is_flag and is_named else words[meaning]
    return [value for value in counts if value in chosen]


def _sql(entry: str, columns: tuple[str, ...]) -> str:
    return quoted(entry) if entry in columns else entry


def _listed(values: list[str]) -> str:
    return ", ".join("'" + value.replace("'", "''") + "'" for value in sorted(values))


def _add_clock(database: Database, columns: tuple[str, ...], fields: dict[str, str]) -> None:
    """Join a date with the time of day in a column of its own."""
    clock = column_of("clock", columns)
    for name in {"occurred_at", "counted_at"}.intersection(fields):
        date = fields[name]
        if date not in columns or clock is None or clock == date:
            continue
        if not any(":" in text for text in distinct(database, quoted(date))):
            fields[name] = f"{quoted(date)} || ' ' || {quoted(clock)}"


def _in_base_units(
    database: Database, columns: tuple[str, ...], fields: dict[str, str]
) -> Iterator[str]:
    """Convert packs, and goods by weight or length; yield what is assumed of other units."""
    factors = []
    pack, unit = column_of("pack", columns), column_of("measure", columns)
    if pack:
        factors.append(f"number({quoted(pack)})")
    units = few_values(database, unit) if unit else {}
    if unit and set(units).intersection(LARGE):
        large = f"lower({quoted(unit)}) IN ({_listed(list(LARGE))})"
        factors.append(f"CASE WHEN {large} THEN 1000 ELSE 1 END")
    elif len(units) > 1 and not pack:
        yield f"amounts are in pieces, whatever their {unit!r} ({', '.join(units)})"
    if factors:
        amount = f"number({_sql(fields['quantity'], columns)})"
        fields["quantity"] = " * ".join([amount, *factors])
