"""A mapping by the names of a file's columns, and by what those of few different values hold."""

import re
from collections.abc import Iterable, Iterator
from functools import cache, partial
from pathlib import Path
from typing import Any

from producers.replay.barcode_columns import barcodes_entry
from producers.replay.column_content import (
    NEGATIVE,
    SAMPLE,
    distinct,
    few_values,
    has_clocks,
    has_dates,
)
from producers.replay.column_names import GOODS, column_of, vocabulary
from producers.replay.expressions import LINE, own_references, quoted
from producers.replay.line_choices import choice, listed, may_choose, shown
from producers.replay.mapping import RECORD_TYPES
from producers.replay.measures import is_measured
from producers.replay.till_or_line import settle_pos
from producers.replay.unit_factor import (
    base_unit,
    base_unit_assumptions,
    unit_assumptions,
    unit_factor,
)
from producers.replay.workspace import Database

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
    "receipt_id": "lines of the same {} are one receipt, as the file has no number of it",
    "store_id": "the store of all lines is {}, as the file has none",
    "terminal_id": "the till of all lines is {}, as the file has none: a file of another till "
    "needs a `source` of its own",
    "counted_at": "the moment of the count is, also in further files, {}, as {}",
    "line_amount": "line_amount is {}, as the file has no amount of a line: it has no discounts",
    "reason": "the reason of all lines is {}, as the file has none",
    "reorder_point": "reorder_point is {} for every product, as the file has none",
    "order_up_to": "order_up_to, the target of an order, is {}, as the file has none",
    "lead_time": "lead_time is {} days for every product, as the file has none",
}
"""Fields that a file may lack, and what is assumed then."""
AMOUNTS = {"replenishment_order": "received", "shipment": "ordered"}
"""Meanings of columns with further amounts of goods, by contract."""
DATES = re.compile(r"(?<![^\W_])\d+(?![^\W_])|\d{4,}")
"""Digits in the name of a file that its next export has otherwise."""
LOT = re.compile(
    r"\b(lot|batch|charge|serial|bin|lagerplatz|package|expir|mhd|verfall|regal)", re.IGNORECASE
)
"""Names of columns by which lines of one product are parts of what is there."""
MIDNIGHT = "regexp_replace({}, '[T ,]+[0-9:.]+( AM)?$', '')"
"""The day of a date that a database or a spreadsheet has written with 00:00."""
CODED = re.compile(r"\[([^\]]+)\].*")
"""Code and name in one, as Odoo writes products."""


class GuessedMapping:
    """Entries of a mapping to one contract, and sentences on what they assume."""

    def __init__(
        self,
        database: Database,
        file: Path,
        columns: tuple[str, ...],
        contract: tuple[str, dict[str, str]],
        named: Iterable[str] = (),
    ) -> None:
        """contract: its name, and the expression of each field; named: columns of no sentence."""
        self._database = database
        self._columns = columns
        name, self._fields = contract
        # Once for each column, as it takes a scan of the file.
        self._values = cache(partial(few_values, database))
        self._named = {*named}
        """Columns that a sentence of its own names."""
        self.assumptions = settle_pos(database, columns, self._fields)
        self._identity = self._own_identity()
        self._assume_missing()
        self._read_goods()
        self._assume_products()
        further = self._moment()
        where = self._choose_lines()
        self._add_clock()
        self._convert_to_base_units()
        self._unit_of_products()
        self._barcodes_of_products()
        if name == "stock_count" and not where and not named:
            where = self._add_lots()
        self._assume_other_amount(name)
        self._assume_unused()
        self.entries: dict[str, Any] = {"contract": name}
        if RECORD_TYPES[name].EVENT_TIME is not None:
            self.entries |= self._origin(file)
        optional = {"where": where, "columns": further}
        self.entries |= {entry: value for entry, value in optional.items() if value}
        self.entries["fields"] = self._fields

    def _origin(self, file: Path) -> dict[str, Any]:
        """Return the entries by which a line is known in every export of its origin."""
        # Digits of their own are those of a date or a download; i2 is another name than i3.
        name = DATES.sub("-", file.name.partition(".")[0])
        source = re.sub(r"[\W_]+", "-", name).strip("-")
        source = source or "export"
        if DATES.search(file.name.partition(".")[0]):
            self.assumptions.append(
                f"source is {source!r}, without the digits of the file's name, as its next export "
                "has others: if they are those of a store or till, write them, too"
            )
        return {
            "source": source,
            "event_id": self._identity,
            "identical_lines": "repeats" if len(self._identity) == 1 else "distinct",
        }

    def _assume_missing(self) -> None:
        """Name the fields that the file lacks, and what is assumed."""
        self.assumptions += [
            MISSING[field].format(value, self._no_moment() if field == "counted_at" else "")
            for field, value in self._fields.items()
            if field in MISSING and value not in self._columns
        ]

    def _no_moment(self) -> str:
        """Return why the time of a count is in no column: the file has none, or no known one."""
        used = self._used()
        dates = [each for each in self._columns if each not in used]
        named = [f"{each!r}" for each in dates if has_dates(self._database, each)]
        if not named:
            return "the file has none"
        return (
            f"{' and '.join(named)} may be another date: if it is that of the count, make "
            "counted_at of it"
        )

    def _moment(self) -> dict[str, str]:
        """Return the further column for the moment of a count that has none of its own."""
        moment = self._fields.get("counted_at", "")
        if not moment.startswith("'"):
            return {}
        self._fields["counted_at"] = "moment"
        self._identity.append("moment")
        return {"moment": moment}

    def _assume_products(self) -> None:
        """Name a column of SKUs that are not those of a list of products."""
        sku = self._fields.get("sku")
        if "reorder_point" not in self._fields or sku not in self._columns:
            return
        moved = column_of("quantity|sold|ordered", self._columns)
        if moved:
            self.assumptions.append(
                f"lines are products, and their {moved!r} is not read: of sales the file lacks a "
                "column that is known, such as the time; if it is the stock, rename it to Stock"
            )
        query = f"SELECT count({quoted(sku)}) - count(DISTINCT {quoted(sku)}) FROM file"
        ((repeated,),) = self._database.execute(query).fetchall()
        if repeated:
            self.assumptions.append(
                f"{sku!r} has the value of an earlier line in {repeated:,} lines, and the last one "
                "counts: if lines are sales or movements, map them as such"
            )

    def _assume_other_amount(self, contract: str) -> None:
        received = column_of("received", self._columns)
        if contract == "shipment" and self._fields["quantity"] != received:
            self.assumptions.append(
                "lines are goods that were received: if they were sold, ordered or moved, map them "
                "as such"
            )
        supplier = column_of("supplier", self._columns) if contract == "transaction" else None
        if supplier:
            self.assumptions.append(
                f"lines are goods that were sold: if they were bought, of {supplier!r}, map them so"
            )
        if contract == "adjustment" and not any(map(NEGATIVE.search, self._held("quantity"))):
            self.assumptions.append(
                f"amounts are all added, as none is below zero: if goods were written off, write "
                f"'-abs({self._number('quantity')})'"
            )
        other = column_of(AMOUNTS.get(contract, ""), self._columns)
        if other and other not in "".join(self._fields.values()):
            self._named.add(other)
            self.assumptions.append(f"{other!r} is not read: it needs [[events]] of its own")

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
        sku = self._fields.get("sku")
        if sku is None:
            return
        if all(map(CODED.fullmatch, self._held("sku"))):
            self._fields["sku"] = f"regexp_extract({quoted(sku)}, '{CODED.pattern}', 1)"
        elif sku == column_of("name", self._columns):
            self.assumptions.append(f"goods are known by {sku!r}, as the file has no SKU")

    def _choose_lines(self) -> str:
        """Return the expression for lines that count; turn amounts of returns below zero."""
        used = self._used()
        columns = [each for each in self._columns if each not in used and may_choose(each)]
        choices = [
            each for column in columns if (each := choice(column, self._values(column))) is not None
        ]
        is_negative = any(map(NEGATIVE.search, self._held("quantity")))
        takes_back = is_negative or any(each.meanings["returned"] for each in choices)
        for each in choices:
            if is_negative or "line_amount" not in self._fields:
                each.meanings["undone"] = []
            elif takes_back:
                never = vocabulary()["values"]["reversed"]
                each.meanings["undone"] = [
                    word for word in each.meanings["undone"] if word in never
                ]
            if "line_amount" not in self._fields:
                each.meanings["returned"] = []
            if each.is_return:
                self._turn(each.is_return)
            self.assumptions += each.sentences()
            self._named.add(each.column)
        conditions = [each.condition for each in choices if each.condition]
        return " AND ".join([*conditions, *self._not_sums()])

    def _not_sums(self) -> Iterator[str]:
        """Yield conditions that exclude sums of other lines, such as one of the SKU "Subtotal"."""
        for name in ("sku", "receipt_id", "store_id"):
            column = self._fields.get(name)
            if column not in self._columns:
                continue
            is_sum = f"word({quoted(column)}) IN ({listed(vocabulary()['values']['totals'])})"
            query = f"SELECT DISTINCT word({quoted(column)}) FROM file WHERE {is_sum}"
            if words := [word for (word,) in self._database.execute(query).fetchall()]:
                self.assumptions.append(
                    f"lines whose {column!r} is {' or '.join(sorted(words))} are no events, as "
                    "sums of others"
                )
                yield f"word({quoted(column)}) NOT IN ({listed(words)})"

    def _turn(self, is_return: str) -> None:
        """Turn amounts below zero where a line is a return, which has an id of its own."""
        if len(self._identity) > 1:
            # Not the value itself: an order whose status has changed is still the same sale.
            self._identity.append(f"CASE WHEN {is_return} THEN 'return' END")
        for name in ("quantity", "line_amount"):
            number = self._number(name)
            self._fields[name] = f"CASE WHEN {is_return} THEN -abs({number}) ELSE {number} END"

    def _assume_unused(self) -> None:
        """Name the columns that nothing is made of, with their values if these are few."""
        # Of a zone read_times says if it is not used.
        own = {column_of(meaning, self._columns) for meaning in (GOODS, "zone")}
        named = self._used() | self._named | own
        unused = []
        for column in self._columns:
            if column not in named:
                counts = self._values(column)
                unused.append(f"{column!r} ({shown(counts)})" if counts else f"{column!r}")
        if unused:
            self.assumptions.append(f"no field is made of {', '.join(unused)}")

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
            if not has_clocks(self._database, quoted(date)):
                is_midnight = any(":" in text for text in self._held(name))
                day = MIDNIGHT.format(quoted(date)) if is_midnight else quoted(date)
                self._fields[name] = f"{day} || ' ' || {quoted(clock)}"
                if date in self._identity:
                    self._identity.append(clock)

    def _convert_to_base_units(self) -> None:
        """Convert packs, and goods by weight or length."""
        if "quantity" not in self._fields:
            return
        if any(map(is_measured, self._held("quantity"))):
            self._fields["quantity"] = f"base_units({quoted(self._fields['quantity'])})"
            self.assumptions.append(
                "amounts become whole g, ml, mm or pieces by the unit beside them: give each "
                "product its unit"
            )
            return
        factors = []
        pack, unit = column_of("pack", self._columns), column_of("measure", self._columns)
        if pack:
            factors.append(f"number({quoted(pack)})")
        if unit:
            units, is_packed = self._values(unit, SAMPLE), pack is not None
            self._named.add(unit)
            factors.append(unit_factor(unit, units, is_packed=is_packed))
            self.assumptions += unit_assumptions(unit, units, is_packed=is_packed)
        factors = [*filter(None, factors)]
        if factors:
            self._fields["quantity"] = " * ".join([self._number("quantity"), *factors])

    def _add_lots(self) -> str:
        """Add up what was counted of each lot; return the expression for one line of a product."""
        used = self._used()
        lot = next((each for each in self._columns if each not in used and LOT.search(each)), None)
        shelf = ", ".join(
            quoted(entry) if entry in self._columns else entry
            for name in ("store_id", "sku", "counted_at")
            if (entry := self._fields[name]) != "moment"
        )
        query = (
            f"SELECT 1 FROM file GROUP BY {shelf} HAVING count(DISTINCT {quoted(lot or '')}) > 1"
        )
        if lot is None or not self._database.execute(query).fetchall():
            return ""
        self._named.add(lot)
        self.assumptions.append(
            f"lines of one product that differ in {lot!r} are added up: if they are counts of the "
            "same goods, choose one by where"
        )
        quantity = self._fields["quantity"]
        number = self._number("quantity") if quantity in self._columns else quantity
        self._fields["quantity"] = f"sum(coalesce({number}, 'NaN')) OVER (PARTITION BY {shelf})"
        return f"row_number() OVER (PARTITION BY {shelf} ORDER BY {LINE}) = 1"

    def _unit_of_products(self) -> None:
        """Give products their base unit, and their figures in it."""
        column = column_of("measure", self._columns)
        if column is None or "reorder_point" not in self._fields:
            return
        units = self._values(column, SAMPLE)
        expression = base_unit(column, units)
        if not expression:
            return
        self._fields["unit"] = expression
        self._named.add(column)
        self.assumptions += base_unit_assumptions(column, units)
        factor = unit_factor(column, units, is_packed=False)
        for name in ("reorder_point", "order_up_to"):
            if factor and self._fields[name] in self._columns:
                self._fields[name] = f"{self._number(name)} * {factor}"
            elif factor and own_references(self._fields[name]):
                self._fields[name] = f"({self._fields[name]}) * {factor}"

    def _barcodes_of_products(self) -> None:
        """Give products the codes of the columns that have some, but for that of the SKU."""
        if "reorder_point" in self._fields:
            used = self._used()
            others = [column for column in self._columns if column not in used]
            if entry := barcodes_entry(self._database, others):
                self._fields["barcodes"] = entry

    def _held(self, name: str) -> list[str]:
        """Return different values of a field that is a column."""
        column = self._fields.get(name)
        return distinct(self._database, quoted(column)) if column in self._columns else []

    def _number(self, name: str) -> str:
        entry = self._fields[name]
        return f"number({quoted(entry) if entry in self._columns else entry})"
