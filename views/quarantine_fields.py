"""Fields of a quarantined record, as far as its bytes can be decoded."""

from typing import Any

from connect.registry import UnknownSchemaError
from schemas.generated import GATED, QuarantinedRecord
from schemas.record import Record
from schemas.wire import HEADER, MAGIC, Decoder, TextOf

EVENT_TYPES: dict[str, type[Record]] = {event.TOPIC: event for event in GATED}
"""Contract's topic -> its class."""


def readable_fields(record: QuarantinedRecord, text_of: TextOf, prefix: str = "") -> dict[str, Any]:
    """Decode the value's fields up to the first that is broken; none without a schema.

    prefix: of the topics, see Settings.
    """
    record_type = EVENT_TYPES.get(record.source_topic.removeprefix(prefix))
    data = record.raw_value
    if record_type is None or data is None or record.schema_id is None:
        return {}
    header = HEADER.pack(MAGIC, record.schema_id)
    if not data.startswith(header):
        # A header of the message named the schema.
        data = header + data
    try:
        return Decoder(record_type, text_of).readable(data)
    except UnknownSchemaError:
        return {}
