"""A replay that sends nothing: a preview of its events, and the counts."""

from collections import Counter
from contextlib import nullcontext

import click

from producers.replay.counted_lines import CountedLines
from producers.replay.preview import Preview
from producers.replay.reading import reading
from producers.replay.replay import Export, account
from producers.replay.stamping import validate
from schemas.clock import utc_now


def dry_run(export: Export, counted: CountedLines | None = None) -> None:
    """Read a whole file and print what a replay would send and reject. Raises UserError."""
    counts: Counter[str] = Counter()
    with (
        counted or nullcontext(),
        reading(export.file, export.mapping, export.limit) as source,
    ):
        preview = Preview(source)
        for batch, _ in source.batches(utc_now):
            validate(batch.proposed)
            if counted:
                counted.mark(batch.proposed)
            preview.add(batch.proposed)
            counts["filtered"] += batch.filtered
            for each in batch.proposed:
                valid = "counted" if each.is_counted else "sent"
                counts["rejected" if each.record is None else valid] += 1
        preview.show()
    click.echo(f"{account(counts, 'to send', counted is not None)}; nothing was sent.")
