"""Events as messages, encoded by a library that the dashboard does not use."""

import io
import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from fastavro import parse_schema, schemaless_writer

from schemas.generated import Transaction
from schemas.record import Record
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
