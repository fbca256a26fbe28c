"""A replay that sends nothing: the first events in words, the counts, and the rejected lines."""

from collections import Counter
from datetime import datetime
from zoneinfo import ZoneInfo

import click

from producers.replay.reading import reading
from producers.replay.replay import Export, reason_of
from producers.replay.row_batch import Proposed
from producers.replay.stamping import validate
from schemas.clock import utc_now

SHOWN = 10
"""First events, and first rejected lines, that are shown."""
UNSHOWN = ("event_id", "recorded_at", "receipt_id", "line_no", "terminal_id")


def dry_run(export: Export) -> None:
    """Read a whole file and print what a replay would send and reject. Raises UserError."""
    counts: Counter[str] = Counter()
    read = 0
    with reading(export.file, export.mapping, export.limit) as source:
        for batch, _ in source.batches(utc_now):
            validate(batch.proposed)
            read += len(batch.proposed) + batch.filtered
            counts["no event"] += batch.filtered
            for each in batch.proposed:
                if each.record is None:
                    counts["rejected"] += 1
                    if counts["rejected"] <= SHOWN:
                        held = source.originals([each.row])[each.row][1]
                        click.echo(f"line {each.line}: rejected, {reason_of(source, each, held)}")
                else:
                    counts["events"] += 1
                    if counts["events"] <= SHOWN:
                        click.echo(f"line {each.line}: {in_words(each, export.mapping.zone)}")
    for name in source.unread:
        click.echo(f"Not read, as it lacks the mapping's columns: {name}.")
    click.echo(
        f"read {read:,} = to send {counts['events']:,} + rejected {counts['rejected']:,} + "
        f"no event {counts['no event']:,}; nothing was sent."
    )


def in_words(each: Proposed, zone: ZoneInfo | None) -> str:
    """Write a record with its values, its times in the mapping's zone."""
    assert each.record is not None
    values = (
        f"{name} {value.astimezone(zone):%Y-%m-%d %H:%M %Z}"
        if isinstance(value, datetime)
        else f"{name} {value}"
        for name, value in each.record.to_dict().items()
        if name not in UNSHOWN and value is not None
    )
    return f"{type(each.record).__name__} of {', '.join(values)}"
