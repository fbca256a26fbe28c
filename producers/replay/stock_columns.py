"""Columns of a list of goods that have what is in stock: in one store each, or in all."""

import re
from pathlib import Path
from typing import Any

from producers.replay.column_content import has_numbers
from producers.replay.column_names import column_of, known_names, some, vocabulary
from producers.replay.expressions import literal, quoted
from producers.replay.guessed_mapping import GuessedMapping
from producers.replay.workspace import Database

Contract = tuple[str, dict[str, str]]
OTHER_MEANINGS = "quantity|counted|change|received|ordered|amount|price"
"""Meanings of columns with other figures of goods: beside them, numbers are not those of stores."""
STORES = "{} are taken for stores, and their numbers for what was counted there"


def wide_columns(database: Database, columns: tuple[str, ...]) -> list[str]:
    """Return adjacent columns of numbers beside goods, without a known name: of stores, or days."""
    totals = vocabulary()["values"]["totals"]
    columns = tuple(column for column in columns if column.casefold() not in totals)
    if column_of("sku|name", columns) is None or column_of(OTHER_MEANINGS, columns):
        return []
    places = [
        place
        for place, column in enumerate(columns)
        if (column.casefold() not in known_names() or column_of("store", [column]))
        and has_numbers(database, column)
    ]
    is_run = len(places) > 1 and places[-1] - places[0] == len(places) - 1
    return [columns[place] for place in places] if is_run else []


def stock_columns(
    database: Database, columns: tuple[str, ...], contract: Contract | None
) -> dict[str, str]:
    """Return the columns with stock that a contract leaves, and the store of each, as SQL."""
    if contract is not None and contract[0] != "product":
        return {}
    prefixes = "|".join(map(re.escape, vocabulary()["stock"]["of_store"]))
    pattern = re.compile(rf"({prefixes})[\s_:\[(-]+(?P<store>.+?)[\])]?", re.IGNORECASE)
    stores = {
        column: match["store"].replace("_", " ")
        for column in columns
        if column.casefold() not in known_names()
        and (match := pattern.fullmatch(column))
        and has_numbers(database, column)
    }
    stores = {column: store for column, store in stores.items() if _may_be_store(store)}
    wide = wide_columns(database, columns)
    if column_of("ordered|sold|received|change", columns):
        stores = {}
    if not stores and contract is None and all(map(_may_be_store, wide)):
        stores = dict(zip(wide, wide, strict=True))
    held = column_of("counted", columns)
    if not stores and held:
        shop = column_of("store", columns)
        return {held: quoted(shop) if shop else "'Main'"}
    return {column: literal(store) for column, store in stores.items()}


def stock_mapping(
    database: Database,
    file: Path,
    columns: tuple[str, ...],
    contract: Contract | None,
    moment: str,
) -> tuple[dict[str, Any], list[str]] | None:
    """Return a mapping to counts, and to products if that is the contract, and what it assumes.

    moment: of counts of which no column has it, as SQL. None: no column has stock that the contract
    leaves.
    """
    stocks = stock_columns(database, columns, contract)
    if not stocks:
        return None
    if contract is None:
        moment = column_of("time", columns) or moment
    named = {*stocks}
    guesses = [GuessedMapping(database, file, columns, contract, named)] if contract else []
    events = [guess.entries for guess in guesses]
    further: dict[str, str] = {}
    for column, store in stocks.items():
        sku = column_of("sku|name", columns) or ""
        fields = {"store_id": store, "sku": sku, "quantity": column, "counted_at": moment}
        guess = GuessedMapping(
            database, file, columns, ("stock_count", fields), {*columns} if contract else named
        )
        guesses.append(guess)
        entries = guess.entries
        further |= entries.pop("columns", {})
        if store.startswith("'"):
            entries["source"] += f"-{store[1:-1]}".replace(":", "-")
        conditions = (f"{quoted(column)} IS NOT NULL", entries.get("where", ""))
        entries["where"] = " AND ".join(filter(None, conditions))
        events.append(entries)
    assumptions = dict.fromkeys(sentence for guess in guesses for sentence in guess.assumptions)
    if len(stocks) > 1 or "'Main'" not in stocks.values():
        for sentence in [each for each in assumptions if "store of all lines" in each]:
            del assumptions[sentence]
        assumptions[STORES.format(some(map(repr, stocks)))] = None
    return {"columns": further, "events": events}, list(assumptions)


def _may_be_store(name: str) -> bool:
    """Return False for the name of a day, a size or another property of goods."""
    words = re.findall(r"[^\W\d_]+", name.casefold())
    others = {*vocabulary()["stock"]["no_store"], *vocabulary()["values"]["totals"]}
    return bool(words) and not {*words} & others
