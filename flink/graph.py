"""The job's graph: statements in, one job out, with one state of the event ids already seen.

A setting is read when a statement is planned. So there is a DataStream boundary behind the part
that accepts every event once, with state kept for the dedup horizon; what follows it keeps state
for ever, but for the movements that wait for a count. (A time-to-live on the whole job would
also expire the levels.) The boundary also shares one dedup among all that is written; gathering
sales by day without it would give that sink a dedup, and a state of all event ids, of its own.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from pyflink.datastream import StreamExecutionEnvironment
from pyflink.java_gateway import get_gateway
from pyflink.table import Schema, StatementSet, StreamTableEnvironment, Table

from connect.settings import Settings
from flink import statements

EVENT_TIME = "occurred_at"
STATE_TTL = "table.exec.state.ttl"
MOST_IN_BATCH = 1_000_000
OPTIONS = {
    # Each sink's key is its statement's GROUP BY or PARTITION BY key, so no two rows compete for
    # a key. (Of a window only the start is written; the planner does not know that its end
    # follows.)
    "table.exec.sink.require-on-conflict": "false",
    "table.exec.sink.upsert-materialize": "NONE",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Writing:
    """Statements that write, and the settings with which they are planned."""

    files: tuple[Path, ...]
    keep_seconds: int = 0
    """Time-to-live of state that is not kept for ever; 0: all is."""
    gather_milliseconds: int = 0
    """How long changes are gathered and then written together; 0: each by itself."""


def writings(settings: Settings) -> list[Writing]:
    """Every statement that writes. Raises nothing; see `Settings` for the times."""
    bounded = settings.dedup_seconds and settings.count_seconds
    return [
        Writing(
            files=(statements.INVENTORY_LEVELS,),
            keep_seconds=settings.dedup_seconds + settings.count_seconds if bounded else 0,
        ),
        Writing(
            files=(
                statements.STOCK_LEDGER,
                statements.SALES_PER_MINUTE,
                statements.OPEN_ORDERS,
                statements.OPEN_TRANSFERS,
            )
        ),
        Writing(files=(statements.SALES_BY_DAY,), gather_milliseconds=settings.days_milliseconds),
    ]


def create_views(tables: StreamTableEnvironment, settings: Settings) -> None:
    """Define `once`, the first delivery of every event, and the functions that read it."""
    for file in (statements.EVENTS, statements.ONCE, statements.STOCK_LEVEL):
        tables.execute_sql(statements.read(file, settings))
    tables.get_config().set(STATE_TTL, f"{settings.dedup_seconds} s")
    boundary(tables, tables.from_path("once_planned"), "once")


def boundary(tables: StreamTableEnvironment, planned: Table, name: str) -> None:
    """Plan a table now, with the settings of now, and give what it streams a name.

    Its rows cross in Flink's internal form: PyFlink's to_data_stream would turn each into a Row
    and back, once for every reader.
    """
    java = get_gateway().jvm
    internal = java.Class.forName("org.apache.flink.table.data.RowData")
    rows = planned._j_table.getResolvedSchema().toPhysicalRowDataType().bridgedTo(internal)
    stream = tables._j_tenv.toDataStream(planned._j_table, rows)
    schema = _columns(planned).watermark(EVENT_TIME, "SOURCE_WATERMARK()").build()
    tables._j_tenv.createTemporaryView(name, stream, schema._j_schema)


def writes(tables: StreamTableEnvironment, settings: Settings) -> Iterator[StatementSet]:
    """The statements that write, in sets: attach or explain each before asking for the next."""
    for writing in writings(settings):
        plan_for(tables, writing)
        inserts = tables.create_statement_set()
        for file in writing.files:
            inserts.add_insert_sql(statements.read(file, settings))
        yield inserts


def plan_for(tables: StreamTableEnvironment, writing: Writing) -> None:
    """Plan from now on with these settings.

    What is gathered is written when its time is over and never because there is much of it.
    """
    config = tables.get_config()
    config.set(STATE_TTL, f"{writing.keep_seconds} s")
    config.set("table.exec.mini-batch.enabled", "true" if writing.gather_milliseconds else "false")
    config.set("table.exec.mini-batch.allow-latency", f"{writing.gather_milliseconds} ms")
    config.set("table.exec.mini-batch.size", str(MOST_IN_BATCH))


def open_tables(environment: StreamExecutionEnvironment) -> StreamTableEnvironment:
    """An empty table environment with the planner's settings."""
    tables = StreamTableEnvironment.create(environment)
    for option, value in OPTIONS.items():
        tables.get_config().set(option, value)
    return tables


def explain(tables: StreamTableEnvironment, settings: Settings) -> str:
    """All parts of the plan, the one in front of the boundary first."""
    parts = [tables.from_path("once_planned").explain()]
    parts += [inserts.explain() for inserts in writes(tables, settings)]
    return "\n".join(parts)


def _columns(table: Table) -> Schema.Builder:
    columns = table.get_resolved_schema()
    schema = Schema.new_builder()
    for name, kind in zip(columns.get_column_names(), columns.get_column_data_types(), strict=True):
        schema.column(name, kind)
    return schema
