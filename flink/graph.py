"""The job's graph: statements in, one job out, with one state of the event ids already seen.

The statements run in two parts with a DataStream boundary between them, because a setting is
read when a statement is planned: behind the boundary state is kept for ever, before it only
for the dedup horizon. (A time-to-live on the whole job would also expire the levels.)
"""

from pyflink.datastream import StreamExecutionEnvironment
from pyflink.table import Schema, StatementSet, StreamTableEnvironment, Table

from flink import statements

EVENT_TIME = "occurred_at"
STATE_TTL = "table.exec.state.ttl"
OPTIONS = {
    # Each sink's key is its statement's GROUP BY key, so no two rows compete for a key. (Of a
    # window only the start is written; the planner does not know that its end follows.)
    "table.exec.sink.require-on-conflict": "false",
    "table.exec.sink.upsert-materialize": "NONE",
}


def create_views(tables: StreamTableEnvironment, dedup_seconds: int) -> None:
    """Define `once`, the stream of accepted movements, over the tables of the events."""
    tables.execute_sql(statements.read(statements.MOVEMENTS))
    tables.execute_sql(statements.read(statements.ONCE))
    planned = tables.from_path("once_planned")
    tables.get_config().set(STATE_TTL, f"{dedup_seconds} s")
    stream = tables.to_data_stream(planned)
    tables.get_config().set(STATE_TTL, "0 s")
    tables.create_temporary_view("once", stream, _schema(planned))


def insert_all(tables: StreamTableEnvironment) -> StatementSet:
    """Every statement that writes, as one set."""
    writes = tables.create_statement_set()
    for file in (statements.INVENTORY_LEVELS, statements.SALES_PER_MINUTE):
        writes.add_insert_sql(statements.read(file))
    return writes


def open_tables(environment: StreamExecutionEnvironment) -> StreamTableEnvironment:
    """An empty table environment with the planner's settings."""
    tables = StreamTableEnvironment.create(environment)
    for option, value in OPTIONS.items():
        tables.get_config().set(option, value)
    return tables


def explain(tables: StreamTableEnvironment, writes: StatementSet) -> str:
    """Both parts of the plan, in front of the boundary and behind it."""
    return f"{tables.from_path('once_planned').explain()}\n{writes.explain()}"


def _schema(table: Table) -> Schema:
    columns = table.get_resolved_schema()
    schema = Schema.new_builder()
    for name, kind in zip(columns.get_column_names(), columns.get_column_data_types(), strict=True):
        schema.column(name, kind)
    return schema.watermark(EVENT_TIME, "SOURCE_WATERMARK()").build()
