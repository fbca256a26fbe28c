"""Tables of the conversions: flink/sql/generated/conversions/{from,to}_<stem>.sql.

Both contracts of a succession have both: a source of what the gate has accepted, and a sink into
the public topic. `headers` has the topic that a converted record comes from (flink.conversions).
"""

from collections.abc import Iterator

from codegen.flink_tables import (
    PRODUCER,
    columns,
    record_format,
    statement,
)
from contracts import naming
from contracts.contract import Contract

HEADERS = "headers MAP<STRING, BYTES> METADATA"


def create_tables(contract: Contract) -> Iterator[tuple[str, str]]:
    """Yield (name, CREATE TABLE statement) of the source and the sink."""
    table = naming.table(contract.topic.name)
    source = [*columns(contract), f"{HEADERS} VIRTUAL"]
    yield f"from_{contract.stem}", statement(contract, f"from_{table}", source, _source(contract))
    sink = [*columns(contract), HEADERS]
    yield f"to_{contract.stem}", statement(contract, f"to_{table}", sink, _sink(contract))


def _source(contract: Contract) -> dict[str, str]:
    return {
        "connector": "kafka",
        "topic": f"${{topic_prefix}}{contract.topic.name}",
        "properties.bootstrap.servers": "${kafka}",
        "properties.group.id": "${conversion_group}",
        "properties.isolation.level": "read_committed",
        "properties.auto.offset.reset": "earliest",
        # A converter has no state: it goes on where it committed, and may convert a record twice.
        "scan.startup.mode": "group-offsets",
        **record_format("value", contract.value_subject, contract.schema),
    }


def _sink(contract: Contract) -> dict[str, str]:
    return {
        "connector": "kafka",
        "topic": f"${{prefix}}{contract.topic.name}",
        "properties.bootstrap.servers": "${kafka}",
        **PRODUCER,
        "sink.delivery-guarantee": "at-least-once",
        "key.fields": ";".join(contract.topic.key),
        "value.fields-include": "ALL",
        **record_format("key", contract.key_subject, contract.key_schema),
        **record_format("value", contract.value_subject, contract.schema),
    }
