"""Messages about one shelf that were refused: they change nothing, and are marked in its book.

A page cannot decode a message without the registry: the shelf is looked for in its bytes, as Avro
writes it in the key and in the value of every event.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Engine, func, select

from schemas.avro import encode
from views.database.quarantine_rows import REFUSED, not_redriven

LARGEST_SEARCH = 1000
"""Newest records that are searched."""
LARGEST_EVENT = 2000
"""Bytes of an event; larger records are no events."""
CONFLICT, EVENT_ID = "conflict", "; event_id "
"""The job's reason for a repeat with other content, and what precedes the id in its sentences."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """A message that was refused and not sent again since."""

    at: datetime
    """When it was sent; if that is unknown, when it was refused."""
    reason: str
    """Code of the reason."""
    repeated: str | None = None
    """The event_id that came before with other content; None: the message repeats no event."""


def refusals(engine: Engine, store_id: str, sku: str) -> tuple[Refusal, ...]:
    """Return the refused messages about a shelf, the newest first."""
    matching = (
        Refusal(row["sent_at"] or row["quarantined_at"], row["reason"], repeated(row))
        for row in newest(engine)
        if concerns(row, store_id, sku)
    )
    return tuple(sorted(matching, key=lambda one: one.at, reverse=True))


def newest(engine: Engine) -> Iterator[Any]:
    """Yield the newest records of the quarantine that were not sent again."""
    columns = REFUSED.c
    is_event = func.coalesce(func.length(columns.raw_value), 0) <= LARGEST_EVENT
    query = not_redriven(select(REFUSED), is_event)
    query = query.order_by(columns.quarantined_at.desc()).limit(LARGEST_SEARCH)
    with engine.connect() as connection:
        yield from connection.execute(query).mappings()


def repeated(row: Any) -> str | None:
    """Return the event_id of a record of the quarantine that repeats an event."""
    if row["reason"] != CONFLICT:
        return None
    return str(row["sentence"]).rpartition(EVENT_ID)[2]


def concerns(row: Any, store_id: str, sku: str) -> bool:
    """Return True if a record of the quarantine names the shelf."""
    if row["raw_value"] is None and row["raw_key"] is None:
        # Of what the calculation could not count, the sentence alone names the shelf.
        return f" of {sku} in {store_id}{EVENT_ID}" in row["sentence"]
    store, product = encode.text(store_id), encode.text(sku)
    return any(_names(row[name] or b"", store, product) for name in ("raw_key", "raw_value"))


def _names(data: bytes, store: bytes, product: bytes) -> bool:
    """Return True if the product follows the store, at once or after one other short text."""
    start = data.find(store)
    while start >= 0:
        rest = data[start + len(store) :]
        other = rest[0] // 2 + 1 if rest else 0  # the till, or the other store of a transfer
        if rest.startswith(product) or rest.startswith(product, other):
            return True
        start = data.find(store, start + 1)
    return False
