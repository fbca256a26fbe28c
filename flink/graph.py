"""The job's graph: all statements in one job, with one state of accepted event ids.

Flink reads a planner option when it plans a statement. A DataStream boundary behind
`deduplicated_events` therefore gives the deduplication a state time-to-live of its own: on the
whole job it would also expire the levels. All sinks also share the one deduplication; without the
boundary, mini-batch would plan another one, with a state of all event ids, for sales by day.
"""

from collections.abc import Iterator
from pathlib import Path

from pyflink.datastream import StreamExecutionEnvironment
from pyflink.java_gateway import get_gateway
from pyflink.table import Schema, StatementSet, StreamTableEnvironment, Table

from connect.settings import Settings
from flink import statements

EVENT_TIME = "occurred_at"
"""Time column of the view `events`, to which each staging view maps its contract's event time."""
PLAN = "deduplicated_events_plan"
VIEW = "deduplicated_events"


def open_tables(environment: StreamExecutionEnvironment) -> StreamTableEnvironment:
    """Return an empty table environment."""
    return StreamTableEnvironment.create(environment)


def create_views(tables: StreamTableEnvironment, settings: Settings) -> None:
    """Create `deduplicated_events`, the first delivery of each event, and the SQL functions."""
    for file in (*statements.views(), statements.STOCK_LEVEL):
        tables.execute_sql(statements.read(file, settings))
    set_planner_options(tables, statements.DEDUPLICATED, settings)
    create_boundary(tables, tables.from_path(PLAN), VIEW)


def create_boundary(tables: StreamTableEnvironment, planned: Table, name: str) -> None:
    """Plan a table with the current options and register its stream as a view.

    Rows cross in Flink's internal format: PyFlink's to_data_stream would convert each to a Row
    and back, for every reader.
    """
    java = get_gateway().jvm
    internal = java.Class.forName("org.apache.flink.table.data.RowData")
    rows = planned._j_table.getResolvedSchema().toPhysicalRowDataType().bridgedTo(internal)
    stream = tables._j_tenv.toDataStream(planned._j_table, rows)
    schema = _columns(planned).watermark(EVENT_TIME, "SOURCE_WATERMARK()").build()
    tables._j_tenv.createTemporaryView(name, stream, schema._j_schema)


def statement_sets(tables: StreamTableEnvironment, settings: Settings) -> Iterator[StatementSet]:
    """Yield the INSERT statements in sets of equal planner options.

    Attach or explain a set before taking the next one, which changes the options.
    """
    for files in statements.statement_sets():
        set_planner_options(tables, files[0], settings)
        inserts = tables.create_statement_set()
        for file in files:
            inserts.add_insert_sql(statements.read(file, settings))
        yield inserts


def set_planner_options(tables: StreamTableEnvironment, file: Path, settings: Settings) -> None:
    """Set the planner options of a file's statement for what is planned next."""
    for option, value in statements.planner_options(file, settings).items():
        tables.get_config().set(option, value)


def explain(tables: StreamTableEnvironment, settings: Settings) -> str:
    """Return the plan in front of the boundary, then those of the INSERT statements."""
    plans = [tables.from_path(PLAN).explain()]
    plans += [inserts.explain() for inserts in statement_sets(tables, settings)]
    return "\n".join(plans)


def _columns(table: Table) -> Schema.Builder:
    columns = table.get_resolved_schema()
    schema = Schema.new_builder()
    names, types = columns.get_column_names(), columns.get_column_data_types()
    for name, data_type in zip(names, types, strict=True):
        schema.column(name, data_type)
    return schema
