"""The book of a shelf as a table: its movements, and the messages that were refused."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from html import escape

from dashboard.queries.movements import Movement
from dashboard.queries.refusals import Refusal
from dashboard.text.movement_words import kind, note, quantity, refusal_note
from views.amounts import amount
from views.local_time import local

COVERED = ' class="covered"'
AGAIN = "came again with other content, counted once"


@dataclass(frozen=True, slots=True)
class Reader:
    """The terms in which a visitor reads a book."""

    shown: tzinfo
    """Zone of the times."""
    unit: str | None
    """Base unit of the amounts; None: pieces."""
    others: Mapping[str, str]
    """Names of the other stores, by transfer."""
    latest: datetime
    """Time that no event can have by now, unless the clock that gave it is ahead."""


def book(lines: Sequence[Movement], refused: Sequence[Refusal], reader: Reader) -> str:
    """The lines of the book, the newest first; a refused message has no amount and no balance."""
    shown = reader.shown
    again = {one.repeated for one in refused}
    rows = [(line.occurred_at, _movement(line, reader, line.event_id in again)) for line in lines]
    rows += [(one.at, _refusal(one, shown)) for one in refused]
    # Lines of one moment keep their order: the sort is stable.
    body = "".join(row for _, row in sorted(rows, key=lambda row: row[0], reverse=True))
    zone = escape(str(shown)).replace("/", "/<wbr>")  # a long name makes no wide column
    return (
        f'<table class="inv-book"><thead><tr><th scope="col">Time ({zone})</th>'
        '<th scope="col">What</th><th scope="col" class="number">Units</th>'
        '<th scope="col" class="number">On hand after</th><th scope="col">Reference</th></tr>'
        f"</thead><tbody>{body}</tbody></table>"
    )


def _movement(line: Movement, reader: Reader, again: bool) -> str:
    shown, unit = reader.shown, reader.unit
    words = "; ".join(filter(None, (note(line, shown, reader.latest), AGAIN if again else "")))
    return (
        f"<tr{COVERED if line.covered_by else ''}>"
        f"<td>{local(line.occurred_at, shown):%Y-%m-%d %H:%M:%S}</td>"
        f"<td>{escape(kind(line, reader.others))}</td>"
        f"<td class='number'>{quantity(line, unit)}</td>"
        f"<td class='number'>{amount(line.balance, unit)}</td>"
        f"<td>{escape(words)}</td></tr>"
    )


def _refusal(one: Refusal, shown: tzinfo) -> str:
    what = "repeated" if one.repeated else "refused"
    return (
        f"<tr{COVERED}><td>{local(one.at, shown):%Y-%m-%d %H:%M:%S}</td><td>✕ {what}</td>"
        f"<td class='number'></td><td class='number'></td>"
        f"<td>{escape(refusal_note(one.reason))}</td></tr>"
    )
