"""Events as messages, encoded by a library that the dashboard does not use."""

import io
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from fastavro import parse_schema, schemaless_writer

from schemas.generated import QuarantinedRecord, StockCount, Transaction
from schemas.record import Record
from tests.support.pipeline_answers import refused
from tests.support.poisons import good

HEADER = b"\0\0\0\0\7"
NOW = datetime.now(UTC).replace(microsecond=0)


def avro(record: Record) -> bytes:
    """Encode by a library that the dashboard does not use."""
    file = io.BytesIO()
    schemaless_writer(file, parse_schema(json.loads(record.SCHEMA)), record.to_dict())
    return HEADER + file.getvalue()


def about(store: str, sku: str, record_type: type[Record] = Transaction) -> Any:
    return replace(good(record_type, NOW), store_id=store, sku=sku)  # type: ignore[type-var]


def late_count_in(store: str, offset: int, sku: str) -> QuarantinedRecord:
    """Return a count of twelve that came too late now."""
    now = datetime.now(UTC).replace(microsecond=0)
    counted_at = now - timedelta(days=9)
    count = replace(
        about(store, sku, StockCount), quantity=12, counted_at=counted_at, recorded_at=now
    )
    return replace(
        refused(offset, "late_count", 1),
        source_topic=StockCount.TOPIC,
        quarantined_at=now,
        raw_value=avro(count),
        schema_id=7,
    )
