"""One quarantined message in sentences."""

from collections.abc import Mapping
from datetime import datetime, tzinfo
from typing import Any

from dashboard.text.display_time import clock, stamp
from dashboard.text.quarantine_words import reason_words
from schemas.generated import QuarantinedRecord
from views.amounts import AMOUNT, amount
from views.plain_text import plain


def example_sentences(
    record: QuarantinedRecord, fields: Mapping[str, Any], shown: tzinfo, unit: str | None = None
) -> list[str]:
    """Describe a record: where it stands, what is wrong, what it says, what to do.

    fields: those that can be decoded; unit: of the product's amounts, None: pieces.
    """
    topic, partition, offset = record.key()
    sent = f", sent {stamp(record.sent_at, shown)}," if record.sent_at else ""
    sentences = [
        f"The newest: a message of {topic}{sent} {reason_words(record.reason)}. "
        f"It was refused at {clock(record.quarantined_at, shown)}.",
        f"In the contract's terms: {plain(record.sentence).rstrip('.')}.",
    ]
    if fields:
        content = ", ".join(
            f"{name} {amount(value, unit) if name == AMOUNT else _written(value, shown)}"
            for name, value in fields.items()
        )
        sentences.append(f"It says: {content}.")
    sentences.append(
        f"Look at it with `.venv/bin/python -m gate quarantine show {topic}/{partition}/{offset}`; "
        "repaired, it is sent again with `redrive` in place of `show`."
    )
    return sentences


def _written(value: object, shown: tzinfo) -> str:
    if value is None:
        return "none"
    if isinstance(value, datetime):
        return stamp(value, shown)
    return plain(str(value))
