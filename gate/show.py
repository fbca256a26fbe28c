"""One quarantined record for a person: rule, line of the contract, fields, bytes."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from gate.coordinates import RecordCoordinates
from gate.headers import decode
from gate.reasons import NOT_COUNTED, RULES
from gate.record_json import to_json
from schemas.generated import QuarantinedRecord, Redrive
from schemas.record import Record
from schemas.wire import TextOf
from views.quarantine_fields import EVENT_TYPES, readable_fields

SCHEMAS = Path(__file__).parent.parent / "schemas"
SHOWN_BYTES = 4096
BYTES_A_LINE = 32


def lines(
    record: QuarantinedRecord, redrive: Redrive | None, text_of: TextOf, prefix: str = ""
) -> Iterator[str]:
    """Yield the output of `show`. prefix: of the topics, see Settings."""
    record_type = EVENT_TYPES.get(record.source_topic.removeprefix(prefix))
    yield f"{RecordCoordinates(*record.key())}: {record.reason}"
    if record.reason in RULES:
        yield f"  rule        {RULES[record.reason]}"
    yield f"  violation   {record.sentence}"
    yield from (f"  contract    {line}" for line in _contract(record, record_type))
    yield f"  schema id   {record.schema_id}"
    yield f"  sent        {record.sent_at}"
    yield f"  quarantined {record.quarantined_at}"
    if redrive:
        yield (
            f"  redriven    {redrive.redriven_at} by {redrive.redriven_by}, "
            f"{'repaired' if redrive.repaired else 'unchanged'}, as "
            f"{redrive.source_topic}/{redrive.sent_partition}/{redrive.sent_offset}"
        )
    if record.reason in NOT_COUNTED:
        yield f"  It stands whole in its topic: {NOT_COUNTED[record.reason]}."
        return
    if not record.complete:
        yield "  It was too large to be kept whole, or a part of it could not be read."
    if record.raw_headers is not None and record.complete:
        yield f"  headers     {decode(record.raw_headers)}"
    values = decoded(record, text_of, prefix)
    if values:
        yield "  fields, as far as they can be decoded:"
        yield from (f"    {line}" for line in json.dumps(values, indent=2).splitlines())
    yield from _hex("key", record.raw_key)
    yield from _hex("value", record.raw_value)


def decoded(record: QuarantinedRecord, text_of: TextOf, prefix: str = "") -> dict[str, Any]:
    """Return the fields of the value as JSON can hold them, as far as they can be decoded."""
    return to_json(readable_fields(record, text_of, prefix))


def _contract(record: QuarantinedRecord, record_type: type[Record] | None) -> Iterator[str]:
    """Yield the line of the .avsc that defines the field named in the sentence."""
    field = record.sentence.partition(":")[0]
    if record_type is None:
        return
    file = SCHEMAS / f"{record_type.__module__.rpartition('.')[2]}.avsc"
    for number, line in enumerate(file.read_text("utf-8").splitlines(), start=1):
        if f'"name": "{field}"' in line:
            yield f"schemas/{file.name}:{number}: {line.strip()}"


def _hex(name: str, data: bytes | None) -> Iterator[str]:
    if data is None:
        yield f"  {name}: none"
        return
    yield f"  {name}, {len(data):,} bytes:"
    for start in range(0, min(len(data), SHOWN_BYTES), BYTES_A_LINE):
        part = data[start : start + BYTES_A_LINE]
        letters = "".join(chr(byte) if 32 <= byte < 127 else "." for byte in part)
        yield f"    {start:06x}  {part.hex(' '):<{BYTES_A_LINE * 3}} {letters}"
    if len(data) > SHOWN_BYTES:
        yield f"    and {len(data) - SHOWN_BYTES:,} more bytes"
