"""One quarantined record for a person: the rule, the contract's line, the fields, the bytes."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from connect.registry import UnknownSchemaError
from gate.coordinates import RecordCoordinates
from gate.headers import decode
from gate.reasons import RULES, Reason
from gate.record_json import shown
from schemas.generated import EVENTS, QuarantinedRecord, Redrive
from schemas.record import Record
from schemas.wire import Decoder, TextOf

SCHEMAS = Path(__file__).parent.parent / "schemas"
MOST_BYTES = 4096
BYTES_A_LINE = 32
KINDS: dict[str, type[Record]] = {each.TOPIC: each for each in EVENTS}


def lines(record: QuarantinedRecord, again: Redrive | None, text_of: TextOf) -> Iterator[str]:
    """The text of `show`."""
    kind = KINDS.get(record.source_topic)
    yield f"{RecordCoordinates(*record.key())}: {record.reason}"
    yield f"  rule      {RULES.get(Reason(record.reason), '')}"
    yield f"  found     {record.sentence}"
    yield from (f"  contract  {line}" for line in _contract(record, kind))
    yield f"  schema id {record.schema_id}"
    yield f"  sent      {record.sent_at}"
    yield f"  set aside {record.quarantined_at}"
    if again:
        yield (
            f"  sent again {again.redriven_at} by {again.redriven_by}, "
            f"{'repaired' if again.repaired else 'as it was'}, as "
            f"{again.source_topic}/{again.sent_partition}/{again.sent_offset}"
        )
    if not record.complete:
        yield "  It was too large to be kept whole: these are the beginnings of its parts."
    if record.raw_headers is not None and record.complete:
        yield f"  headers   {decode(record.raw_headers)}"
    values = decoded(record, text_of)
    if values:
        yield "  fields, as far as they can be read:"
        yield from (f"    {line}" for line in json.dumps(values, indent=2).splitlines())
    yield from _hex("key", record.raw_key)
    yield from _hex("value", record.raw_value)


def decoded(record: QuarantinedRecord, text_of: TextOf) -> dict[str, Any]:
    """The value's fields up to the first that cannot be read; none without a schema."""
    kind, data = KINDS.get(record.source_topic), record.raw_value
    if kind is None or data is None or record.schema_id is None:
        return {}
    try:
        return shown(Decoder(kind, text_of).readable(data))
    except UnknownSchemaError:
        return {}


def _contract(record: QuarantinedRecord, kind: type[Record] | None) -> Iterator[str]:
    """The line of the .avsc that defines the field of which the sentence speaks."""
    field = record.sentence.partition(":")[0]
    if kind is None:
        return
    file = SCHEMAS / f"{kind.__module__.rpartition('.')[2]}.avsc"
    for number, line in enumerate(file.read_text("utf-8").splitlines(), start=1):
        if f'"name": "{field}"' in line:
            yield f"schemas/{file.name}:{number}: {line.strip()}"


def _hex(name: str, data: bytes | None) -> Iterator[str]:
    if data is None:
        yield f"  {name}: none"
        return
    yield f"  {name}, {len(data):,} bytes:"
    for at in range(0, min(len(data), MOST_BYTES), BYTES_A_LINE):
        part = data[at : at + BYTES_A_LINE]
        letters = "".join(chr(byte) if 32 <= byte < 127 else "." for byte in part)
        yield f"    {at:06x}  {part.hex(' '):<{BYTES_A_LINE * 3}} {letters}"
    if len(data) > MOST_BYTES:
        yield f"    and {len(data) - MOST_BYTES:,} bytes more"
