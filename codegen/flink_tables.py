"""CREATE TABLE statements of the contracts: flink/sql/generated/<stem>.sql.

${names} are settings, which the job substitutes. Schemas are pinned: otherwise Flink reads without
the contract's defaults and registers records under names of its own (Flink 2.3, "Confluent Avro
Format").
"""

from contracts import naming
from contracts.contract import Contract

WATERMARK_SECONDS = 15
BATCH_BYTES = 131_072
"""Producer batch size of a sink: at full speed, fewer and larger requests."""
ORIGIN = [
    "source_topic STRING NOT NULL METADATA FROM 'topic' VIRTUAL",
    "source_partition INT NOT NULL METADATA FROM 'partition' VIRTUAL",
    "source_offset BIGINT NOT NULL METADATA FROM 'offset' VIRTUAL",
]
"""Metadata columns with a record's Kafka coordinates."""
IDLE_SECONDS = 5
"""Idle time after which a partition no longer holds the watermark back."""


def create_table(contract: Contract) -> str:
    """Render the CREATE TABLE statement of a contract whose `flink` is "source" or "sink"."""
    columns = [
        f"{field.name} {field.type.flink}{'' if field.nullable else ' NOT NULL'}"
        for field in contract.fields
    ]
    source = contract.flink == "source"
    if source:
        columns += ORIGIN
    if source and contract.event_time:
        columns.append(
            f"WATERMARK FOR {contract.event_time} "
            f"AS {contract.event_time} - INTERVAL '{WATERMARK_SECONDS}' SECOND"
        )
    if not source:
        columns.append(f"PRIMARY KEY ({', '.join(contract.topic.key)}) NOT ENFORCED")
    options = _source(contract) if source else _sink(contract)
    return "\n".join(
        [
            f"-- Generated from schemas/{contract.path.name} by `make schemas`: "
            "change that file, not this one.",
            f"CREATE TABLE {naming.table(contract.topic.name)} (",
            ",\n".join(f"  {column}" for column in columns),
            ") WITH (",
            ",\n".join(f"  '{name}' = '{value}'" for name, value in options.items()),
            ")",
            "",
        ]
    )


def _source(contract: Contract) -> dict[str, str]:
    return {
        "connector": "kafka",
        # The public topic, or the accepted topic behind the gate.
        "topic": f"${{topic_prefix}}{contract.topic.name}",
        "properties.bootstrap.servers": "${kafka}",
        "properties.group.id": "inventory-job",
        "properties.isolation.level": "read_committed",
        "scan.startup.mode": "earliest-offset",
        "scan.watermark.idle-timeout": f"{IDLE_SECONDS} s",
        **_format("value", contract, contract.schema),
    }


def _sink(contract: Contract) -> dict[str, str]:
    return {
        "connector": "upsert-kafka",
        "topic": contract.topic.name,
        "properties.bootstrap.servers": "${kafka}",
        "properties.batch.size": str(BATCH_BYTES),
        "sink.delivery-guarantee": "${delivery}",
        "sink.transactional-id-prefix": contract.topic.name,
        **_format("key", contract, contract.key_schema),
        **_format("value", contract, contract.schema),
    }


def _format(part: str, contract: Contract, schema: str) -> dict[str, str]:
    return {
        f"{part}.format": "avro-confluent",
        f"{part}.avro-confluent.url": "${registry}",
        f"{part}.avro-confluent.subject": f"{contract.topic.name}-{part}",
        f"{part}.avro-confluent.schema": schema.replace("'", "''").replace("$", "$$"),
    }
