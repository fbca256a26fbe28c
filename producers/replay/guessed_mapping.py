"""A mapping by the names of a file's columns, and by what those of few different values hold."""

import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from producers.replay.column_content import distinct, few_values
from producers.replay.column_names import GOODS, column_of, vocabulary
from producers.replay.expressions import literal, own_references, quoted
from producers.replay.mapping import RECORD_TYPES
from producers.replay.till_or_line import settle_pos
from producers.replay.workspace import Database
from views.amounts import IN_LARGE, LARGE

COMMENTS = (
    "Proposed by the names of the columns: check each entry.",
    "Keep `source` and `event_id` for every further export of this origin.",
)
IDENTITY = (
    "store_id", "terminal_id", "receipt_id", "line_no", "order_id", "transfer_id", "sku", "phase",
    "status", "from_store", "to_store", "occurred_at", "counted_at",
)  # fmt: skip
"""Fields whose columns together identify a line of a file without an id."""
MISSING = {
    "store_id": "the store of all lines is {}, as the file has none",
    "terminal_id": "the till of all lines is {}, as the file has none: a file of another till "
    "needs a `source` of its own",
    "counted_at": "the moment of the count is, also in further files, {}, as the file has none",
    "reason": "the reason of all lines is {}, as the file has none",
    "reorder_point": "reorder_point is {} for every product, as the file has none",
    "order_up_to": "order_up_to, the target of an order, is {}, as the file has none",
    "lead_time": "lead_time is {} days for every product, as the file has none",
}
"""Fields that a file may lack, and what is assumed then."""
AMOUNTS = {"replenishment_order": "received", "shipment": "ordered"}
"""Meanings of columns with further amounts of goods, by contract."""
NAMING = f"{GOODS}|category"
"""Meanings of columns in which Return or Training may be the name of goods."""
CODED = re.compile(r"\[([^\]]+)\].*")
"""Code and name in one, as Odoo writes products."""
CHOOSING = re.compile("typ|status|state|estado|statut|stato", re.IGNORECASE)
"""Names of columns, besides those of flags, that may say which lines are events."""
CANCELLED = "are no events; if they take others back by negative amounts, omit `where`"
SHOWN = 5
"""Values of a column in a sentence."""


class GuessedMapping:
    """Entries of a mapping to one contract, and sentences on what they assume."""

    def __init__(
        self,
        database: Database,
        file: Path,
        columns: tuple[str, ...],
        contract: tuple[str, dict[str, str]],
    ) -> None:
        """contract: its name, and the expression of each field."""
        self._database = database
        self._columns = columns
        name, self._fields = contract
        pos = settle_pos(database, columns, self._fields)
        self._identity = self._own_identity()
        self._counts: dict[str, dict[str, int]] = {}
        self._named: set[str] = set()
        """Columns that a sentence of its own names."""
        self.assumptions = [
            MISSING[field].format(value)
            for field, value in self._fields.items()
            if field in MISSING and value not in columns
        ] + pos
        self.entries: dict[str, Any] = {"contract": name}
        if "sku" in self._fields:
            self._read_goods()
        further = {}
        if self._fields.get("counted_at", "").startswith("'"):
            further["moment"] = self._fields["counted_at"]
            self._fields["counted_at"] = "moment"
            self._identity.append("moment")
        where = self._choose_lines()
        self._add_clock()
        if "quantity" in self._fields:
            self._convert_to_base_units()
        if RECORD_TYPES[name].EVENT_TIME is not None:
            source = re.sub(r"[\W\d_]+", "-", file.name.partition(".")[0]).strip("-")
            self.entries |= {
                "source": source or "export",
                "event_id": self._identity,
                "identical_lines": "repeats" if len(self._identity) == 1 else "distinct",
            }
        if where:
            self.entries["where"] = where
        if further:
            self.entries["columns"] = further
        self.entries["fields"] = self._fields
        other = column_of(AMOUNTS.get(name, ""), columns)
        if other and other not in "".join(self._fields.values()):
            self._named.add(other)
            self.assumptions.append(f"{other!r} is not read: it needs [[events]] of its own")
        self._assume_unused()

    def _own_identity(self) -> list[str]:
        """Return an id that no two lines share, or the columns that say of what a line is."""
        own = column_of("id", self._columns)
        if own:
            query = f"SELECT count(*) = count(DISTINCT {quoted(own)}) FROM file"
            if self._database.execute(query).fetchone() == (True,):
                return [own]
        named = [self._fields[name] for name in IDENTITY if self._fields.get(name) in self._columns]
        return list(dict.fromkeys(named))

    def _read_goods(self) -> None:
        sku = self._fields["sku"]
        if all(map(CODED.fullmatch, distinct(self._database, quoted(sku)))):
            self._fields["sku"] = f"regexp_extract({quoted(sku)}, '{CODED.pattern}', 1)"
        elif sku == column_of("name", self._columns):
            self.assumptions.append(f"goods are known by {sku!r}, as the file has no SKU")

    def _choose_lines(self) -> str:
        """Return the expression for lines that count; turn amounts of returns below zero."""
        conditions = []
        used = self._used()
        for column in self._columns:
            may_choose = _may_choose(column)
            if column in used or not (may_choose or column_of(NAMING, [column]) is None):
                continue
            counts = self._values(column)
            cancelled = _chosen("cancelled", column, counts)
            returned = _chosen("returned", column, counts) if "line_amount" in self._fields else []
            held = f"lower(coalesce(CAST({quoted(column)} AS VARCHAR), ''))"
            if cancelled:
                conditions.append(f"{held} NOT IN ({_listed(cancelled)})")
                self._assume_chosen(column, counts, cancelled, CANCELLED)
            if returned:
                self._turn(column, f"{held} IN ({_listed(returned)})")
                self._assume_chosen(column, counts, returned, "take goods back")
            if counts and may_choose and not cancelled and not returned:
                self._named.add(column)
                shown = _shown(counts)
                self.assumptions.append(f"every line counts, whatever its {column!r} ({shown})")
        return " AND ".join(conditions)

    def _turn(self, column: str, is_return: str) -> None:
        """Turn amounts below zero where a column says that a line is a return."""
        if len(self._identity) > 1:
            self._identity.append(column)
        for name in ("quantity", "line_amount"):
            number = self._number(name)
            self._fields[name] = f"CASE WHEN {is_return} THEN -abs({number}) ELSE {number} END"

    def _assume_chosen(
        self, column: str, counts: dict[str, int], chosen: list[str], what: str
    ) -> None:
        self._named.add(column)
        words = " or ".join(chosen[:SHOWN]) + (" …" if len(chosen) > SHOWN else "")
        lines = sum(counts.get(value, 0) for value in chosen)
        self.assumptions.append(f"lines whose {column!r} is {words} {what} ({lines:,} here)")

    def _assume_unused(self) -> None:
        """Name the columns that nothing is made of, with their values if these are few."""
        named = self._used() | self._named | {column_of(GOODS, self._columns)}
        unused = []
        for column in self._columns:
            if column not in named:
                counts = self._values(column)
                unused.append(f"{column!r} ({_shown(counts)})" if counts else f"{column!r}")
        if unused:
            self.assumptions.append(f"no field is made of {', '.join(unused)}")

    def _values(self, column: str) -> dict[str, int]:
        """Count a column's values, once, as it takes a scan of the file."""
        if column not in self._counts:
            self._counts[column] = few_values(self._database, column)
        return self._counts[column]

    def _used(self) -> set[str]:
        """Return the columns that fields are made of."""
        used = set(self._identity)
        for entry in self._fields.values():
            used |= {entry} if entry in self._columns else own_references(entry)
        return used

    def _add_clock(self) -> None:
        """Join a date with the time of day in a column of its own."""
        clock = column_of("clock", self._columns)
        for name in {"occurred_at", "counted_at"}.intersection(self._fields):
            date = self._fields[name]
            if date not in self._columns or clock is None or clock == date:
                continue
            if not any(":" in text for text in distinct(self._database, quoted(date))):
                self._fields[name] = f"{quoted(date)} || ' ' || {quoted(clock)}"

    def _convert_to_base_units(self) -> None:
        """Convert packs, and goods by weight or length."""
        factors = []
        pack, unit = column_of("pack", self._columns), column_of("measure", self._columns)
        if pack:
            factors.append(f"number({quoted(pack)})")
        units = few_values(self._database, unit) if unit else {}
        if unit and set(units).intersection(LARGE.values()):
            large = f"lower({quoted(unit)}) IN ({_listed(LARGE.values())})"
            factors.append(f"CASE WHEN {large} THEN {IN_LARGE} ELSE 1 END")
        elif unit and len(units) > 1 and not pack:
            shown = ", ".join(units)
            self._named.add(unit)
            self.assumptions.append(f"amounts are in pieces, whatever their {unit!r} ({shown})")
        if factors:
            self._fields["quantity"] = " * ".join([self._number("quantity"), *factors])

    def _number(self, name: str) -> str:
        entry = self._fields[name]
        return f"number({quoted(entry) if entry in self._columns else entry})"


def _chosen(meaning: str, column: str, counts: dict[str, int]) -> list[str]:
    """Return the values of a column that have a meaning; yes, if the column itself is named so.

    A further file may have the yes that this one lacks.
    """
    words = vocabulary()["values"]
    is_flag = bool(counts) and set(counts) <= {*words["true"], *words["false"]}
    if is_flag and _is_named(meaning, column):
        return [value for value in counts if value in words["true"]] or list(words["true"])
    return [value for value in counts if value in words[meaning]]


def _is_named(meaning: str, column: str) -> bool:
    name = column.casefold()
    words = vocabulary()
    return name in words["values"][meaning] or any(part in name for part in words["flags"][meaning])


def _may_choose(column: str) -> bool:
    is_flag = any(_is_named(meaning, column) for meaning in vocabulary()["flags"])
    return is_flag or CHOOSING.search(column) is not None


def _shown(counts: dict[str, int]) -> str:
    shown = [f"{value} {count:,}" for value, count in counts.items()]
    return ", ".join(shown[:SHOWN]) + (", …" if len(shown) > SHOWN else "")


def _listed(values: Iterable[str]) -> str:
    return ", ".join(map(literal, sorted(values)))
