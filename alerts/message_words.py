"""Messages in a shop's words: a title, a bounded list, and the alerts as data for programs."""

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import NamedTuple
from urllib.parse import quote
from uuid import uuid4

from alerts.chain_stores import ChainStores
from alerts.crossings import Look
from alerts.kinds import Kind
from alerts.outbox import Message
from views.need_words import SIGNS, reason
from views.plain_text import plain
from views.shelf_figures import Shelf
from views.urgency import Need

KINDS = list(Kind)
LINES = 20
"""Alerts that a message names; of more it has the number."""
WORDS = {
    Kind.STALLED: "Not up to date",
    Kind.NEGATIVE: SIGNS[Need.STOCK_ERROR][1],
    Kind.OUT: SIGNS[Need.EMPTY][1],
    Kind.LOW: SIGNS[Need.LOW][1],
    Kind.OVERDUE: SIGNS[Need.LATE][1],
}
"""Those of the page Today."""


class Alert(NamedTuple):
    """One alert; as JSON it is what a webhook receives."""

    id: str
    kind: Kind
    store_id: str
    sku: str
    """Empty: of the whole store."""
    subject: str
    """The product; empty: the whole store."""
    words: str


def alerts_of(look: Look, stores: ChainStores, now: datetime) -> Iterator[Alert]:
    """Yield an alert, with an id of its own, for each crossing of a look."""
    for store_id, sentence in look.stalled.items():
        words = f"{sentence} ({stores.zone(store_id)})"
        yield Alert(uuid4().hex, Kind.STALLED, store_id, "", "", words)
    for kind, shelf in look.shelves:
        yield _of_shelf(kind, shelf, stores, now)


def message(alerts: Sequence[Alert], stores: ChainStores, dashboard: str, now: datetime) -> Message:
    """Compose the message about some alerts of one store, with a new id.

    dashboard: address of the pages, for a link; empty: none.
    """
    store_id = alerts[0].store_id
    ordered = sorted(alerts, key=lambda each: KINDS.index(each.kind))
    if len(ordered) == 1:
        about = ", ".join(filter(None, [WORDS[ordered[0].kind], ordered[0].subject]))
    else:
        numbers = Counter(WORDS[each.kind] for each in ordered)
        about = ", ".join(f"{word} {number:,}" for word, number in numbers.items())
    lines = [f"{WORDS[each.kind]}: {_line(each)}" for each in ordered[:LINES]]
    if len(ordered) > LINES:
        lines.append(f"and {len(ordered) - LINES:,} more: see the page Today.")
    if dashboard:
        lines.append(f"{dashboard.rstrip('/')}/?store={quote(store_id, safe='')}")
    data = json.dumps([each._asdict() for each in ordered])
    title = f"{stores.name(store_id)}: {about}"
    return Message(uuid4().hex, store_id, title, "\n".join(lines), data, now)


def _of_shelf(kind: Kind, shelf: Shelf, stores: ChainStores, now: datetime) -> Alert:
    zone = stores.zone(shelf.store_id)
    words = reason(shelf, now, zone)
    if kind is Kind.LOW and shelf.reorder_point is not None:
        words += f", reorder point {shelf.amount(shelf.reorder_point)}"
    subject = f"{plain(shelf.name)} · {plain(shelf.sku)}" if shelf.name else plain(shelf.sku)
    return Alert(uuid4().hex, kind, shelf.store_id, shelf.sku, subject, f"{words} ({zone})")


def _line(alert: Alert) -> str:
    return f"{alert.subject}: {alert.words}" if alert.subject else alert.words
