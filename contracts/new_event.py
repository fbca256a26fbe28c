"""The first files of a new event: its contract and its staging view."""

import json
import re
from pathlib import Path

from contracts.contract import Contract

CONTRACT = """\
{{
  "type": "record",
  "name": "{record}",
  "namespace": "inventory",
  "doc": {doc},
  "owner": {owner},
  "compatibility": "FULL_TRANSITIVE",
  "topic": {{
    "name": "{topic}",
    "key": ["store_id", "sku"],
    "partitions": 4,
    "config": {{"cleanup.policy": "delete", "retention.ms": "-1", "message.timestamp.type": "LogAppendTime"}}
  }},
  "event_time": "occurred_at",
  "flink": "source",
  "fields": [
    {{"name": "event_id", "type": "string", "minLength": 1, "maxLength": 200, "identifier": true,
     "doc": "Identity of the event, unique over all topics: delivered again it changes nothing."}},
    {{"name": "store_id", "type": "string", "minLength": 1, "maxLength": 100, "identifier": true,
     "doc": "Identity of the store."}},
    {{"name": "sku", "type": "string", "minLength": 1, "maxLength": 100, "identifier": true,
     "doc": "Stock keeping unit: identity of the product, the same in every store."}},
    {{"name": "quantity", "type": "int", "minimum": 1, "maximum": 1000000,
     "doc": "{quantity}"}},
    {{"name": "occurred_at", "type": {{"type": "long", "logicalType": "timestamp-millis"}},
     "doc": "When it happened, UTC, milliseconds since 1970-01-01."}},
    {{"name": "recorded_at", "type": {{"type": "long", "logicalType": "timestamp-millis"}},
     "doc": "When the event was first written to a file or topic, UTC, milliseconds since 1970-01-01; a repeat carries the same value."}}
  ]
}}
"""  # noqa: E501 - one line a field, as in every contract


def contract_text(*, record: str, topic: str, owner: str, doc: str, removes: bool) -> str:
    """Return the contract of an event with the fields that every event has."""
    quantity = "Units that left the shelf." if removes else "Units that came to the shelf."
    return CONTRACT.format(
        record=record,
        topic=topic,
        owner=json.dumps(owner, ensure_ascii=False),
        doc=json.dumps(doc, ensure_ascii=False),
        quantity=quantity,
    )


def staging_text(  # noqa: PLR0913 - the parts of a view
    contract: Contract, *, table: str, kind: str, removes: bool, columns: list[str], staging: Path
) -> str:
    """Return the staging view of a new event.

    columns: those of the view of all events; an absent one is null, with the type that the other
    staging views give it.
    """
    names = {field.name for field in contract.fields}
    metadata = ("accepted_at", "source_topic", "source_partition", "source_offset")
    others = "\n".join(file.read_text("utf-8") for file in sorted(staging.glob("stg_*.sql")))
    special = {
        "kind": f"'{kind}' AS kind",
        "quantity": f"{'-' if removes else ''}CAST(quantity AS BIGINT) AS quantity",
    }
    lines = []
    for column in columns:
        if column in special:
            lines.append(special[column])
        elif column in names or column in metadata:
            lines.append(column)
        else:
            null = re.search(rf"CAST\(NULL AS [^\n]*\)(?= AS {column}\b)", others)
            lines.append(f"{null[0] if null else 'CAST(NULL AS STRING)'} AS {column}")
    effect = "units leave the shelf" if removes else "units come to the shelf"
    selected = ",\n".join(f"  {line}" for line in lines)
    return (
        f"-- {contract.name}: {effect}.\n"
        f"CREATE TEMPORARY VIEW stg_{table} AS\nSELECT\n{selected}\nFROM {table}\n"
    )
