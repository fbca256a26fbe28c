"""CREATE TABLE statements of the contracts: flink/sql/generated/<stem>.sql.

${names} are settings, which the job substitutes. Schemas are pinned: otherwise Flink reads without
the contract's defaults and registers records under names of its own (Flink 2.3, "Confluent Avro
Format").
"""

from contracts import naming
from contracts.contract import Contract

WATERMARK_SECONDS = 15
PRODUCER = {
    # Larger than Kafka's 16 kB: at full speed, fewer requests.
    "properties.batch.size": "131072",
    # While a request is under way, records gather for the next: requests grow with the load, and a
    # record that comes alone does not wait.
    "properties.max.in.flight.requests.per.connection": "1",
}
"""Options of a sink's Kafka producer."""
LINGER_MILLISECONDS = {"inventory_level": 0}
"""Time, by contract, that a record waits for others; 20 for the rest: a page waits for levels, and
what goes with them costs fewer requests. Kafka's client would let each wait for 5."""
METADATA_COLUMNS = [
    "source_topic STRING NOT NULL METADATA FROM 'topic' VIRTUAL",
    "source_partition INT NOT NULL METADATA FROM 'partition' VIRTUAL",
    "source_offset BIGINT NOT NULL METADATA FROM 'offset' VIRTUAL",
    "accepted_at TIMESTAMP_LTZ(3) NOT NULL METADATA FROM 'timestamp' VIRTUAL",
]
"""Metadata columns: a record's Kafka coordinates and log time."""
REGISTRY_MILLISECONDS = 5_000
"""Time limit of the registry's answers. Without it a task waits for ever; with it the task fails,
and Flink starts it again."""
LOG_TIME = "accepted_at"
"""Column of the watermark: the broker's clock, never a till's."""
IDLE_SECONDS = 600
"""Idle time after which a partition no longer holds the watermark back. The watermark only decides
what is forgotten, so it may wait for a partition that cannot be read for minutes."""


def create_table(contract: Contract) -> str:
    """Render the CREATE TABLE statement of a contract whose `flink` is "source" or "sink"."""
    table = naming.table(contract.topic.name)
    if contract.flink == "source":
        watermark = (
            f"WATERMARK FOR {LOG_TIME} AS {LOG_TIME} - INTERVAL '{WATERMARK_SECONDS}' SECOND"
        )
        source = [*columns(contract), *METADATA_COLUMNS, watermark]
        return statement(contract, table, source, _source(contract))
    key = f"PRIMARY KEY ({', '.join(contract.topic.key)}) NOT ENFORCED"
    return statement(contract, table, [*columns(contract), key], _sink(contract))


def columns(contract: Contract) -> list[str]:
    """Render the columns of a contract's fields."""
    return [
        f"{field.name} {field.type.flink}{'' if field.nullable else ' NOT NULL'}"
        for field in contract.fields
    ]


def statement(
    contract: Contract, table: str, definitions: list[str], options: dict[str, str]
) -> str:
    """Render a CREATE TABLE statement of a contract."""
    return "\n".join(
        [
            f"-- Generated from schemas/{contract.path.name} by `make schemas`: "
            "change that file, not this one.",
            f"CREATE TABLE {table} (",
            ",\n".join(f"  {definition}" for definition in definitions),
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
        "properties.group.id": "${group}",
        "properties.isolation.level": "read_committed",
        "scan.startup.mode": "earliest-offset",
        "scan.watermark.idle-timeout": f"{IDLE_SECONDS} s",
        **record_format("value", contract.value_subject, contract.schema),
    }


def _sink(contract: Contract) -> dict[str, str]:
    return {
        "connector": "upsert-kafka",
        "topic": f"${{prefix}}{contract.topic.name}",
        "properties.bootstrap.servers": "${kafka}",
        **PRODUCER,
        "properties.linger.ms": str(LINGER_MILLISECONDS.get(contract.path.stem, 20)),
        "properties.transaction.timeout.ms": "${transaction_milliseconds}",
        "sink.delivery-guarantee": "${delivery}",
        "sink.transactional-id-prefix": f"${{prefix}}{contract.topic.name}",
        **record_format("key", contract.key_subject, contract.key_schema),
        **record_format("value", contract.value_subject, contract.schema),
    }


def record_format(part: str, subject: str, schema: str) -> dict[str, str]:
    """Return the options of a table's key or value. part: "key" or "value"."""
    return {
        f"{part}.format": "${format}",
        f"{part}.${{format}}.url": "${registry}",
        f"{part}.${{format}}.subject": f"${{prefix}}{subject}",
        **{
            f"{part}.${{format}}.properties.http.{step}.timeout.ms": str(REGISTRY_MILLISECONDS)
            for step in ("connect", "read")
        },
        f"{part}.${{format}}.schema": schema.replace("'", "''").replace("$", "$$"),
    }
