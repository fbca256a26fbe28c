"""Messages about one shelf or store that were refused: they change nothing, and pages say so.

A page cannot decode a message without the registry: shelf and store are looked for in its bytes, as
Avro writes them in the key and in the value of every event.
"""

from collections import defaultdict
from collections.abc import Generator, Iterable, Iterator
from contextlib import closing
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
READ = ("raw_key", "raw_value", "sentence", "reason", "sent_at", "quarantined_at")
"""Columns of a record that are read."""
NOT_OF_ONE_STORE = ""
"""In place of the reason of a message that names no store."""
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


def reasons_by_store(
    engine: Engine, stores: tuple[str, ...], after: datetime
) -> dict[str, frozenset[str]]:
    """Return the stores of which a message that was refused since a time may be, with the reasons.

    It may be of those that it names, and of all when it names none: then NOT_OF_ONE_STORE stands
    for its reason.
    """
    names = StoreNames(stores)
    reasons: defaultdict[str, set[str]] = defaultdict(set)
    with closing(newest(engine)) as rows:
        for row in rows:
            if row["quarantined_at"] < after:
                break
            of_stores = names.of(row)
            for store in of_stores or stores:
                reasons[store].add(row["reason"] if of_stores else NOT_OF_ONE_STORE)
    return {store: frozenset(each) for store, each in reasons.items()}


def newest(engine: Engine) -> Generator[Any, None, None]:
    """Yield the newest records of the quarantine that were not sent again."""
    columns = REFUSED.c
    is_event = func.coalesce(func.length(columns.raw_value), 0) <= LARGEST_EVENT
    query = not_redriven(select(*(columns[name] for name in READ)), is_event)
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


class StoreNames:
    """The stores of a chain, as records of the quarantine name them."""

    def __init__(self, stores: Iterable[str]) -> None:
        self._stores = {encode.text(one): one for one in stores}
        self._shapes = {(name[:1], len(name)) for name in self._stores}
        """First byte and number of bytes of each: few, however many stores there are."""

    def of(self, row: Any) -> set[str]:
        """Return the stores that a record names."""
        if row["raw_value"] is None and row["raw_key"] is None:
            sentence, _, _ = row["sentence"].rpartition(EVENT_ID)
            return self._known([encode.text(sentence.rpartition(" in ")[2])])
        data = [row[name] or b"" for name in ("raw_key", "raw_value")]
        return {store for each in data for store in self._known(self._pieces(each))}

    def _known(self, pieces: Iterable[bytes]) -> set[str]:
        return {self._stores[each] for each in pieces if each in self._stores}

    def _pieces(self, data: bytes) -> Iterator[bytes]:
        for first, size in self._shapes:
            start = data.find(first)
            while start >= 0:
                yield data[start : start + size]
                start = data.find(first, start + 1)


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
