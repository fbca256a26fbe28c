"""The job's graph: all statements in one job, with one state of accepted event ids.

The deduplication is a DataStream function between the views and the INSERT statements: SQL has no
state that expires by log time. So all sinks share it; in SQL, mini-batch would plan another one,
with a state of all event ids, for sales by day.
"""

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple
from weakref import WeakKeyDictionary

from pyflink.datastream import StreamExecutionEnvironment
from pyflink.java_gateway import get_gateway
from pyflink.table import StatementSet, StreamTableEnvironment

from connect.errors import UserError
from connect.settings import Settings
from flink import start_error, statements, udf_jar

LOG_TIME = "accepted_at"
"""Time column of the view `events`."""
DELIVERY_COLUMNS = ("source_topic", "source_partition", "source_offset", LOG_TIME)
"""Columns of the view `events` that differ between two deliveries of an event."""
EVENTS = "events"
VIEW = "deduplicated_events"
"""Name of the first deliveries in the statements."""


class _Boundary(NamedTuple):
    """The first deliveries of all events, as Java's objects."""

    rows: Any
    """DataStream of rows in Flink's internal format."""
    type: Any
    """Their DataType."""
    columns: list[str]


_BOUNDARIES: WeakKeyDictionary[StreamTableEnvironment, _Boundary] = WeakKeyDictionary()


def open_tables(environment: StreamExecutionEnvironment) -> StreamTableEnvironment:
    """Return an empty table environment."""
    return StreamTableEnvironment.create(environment)


def create_views(tables: StreamTableEnvironment, settings: Settings) -> None:
    """Create `deduplicated_events`, the first delivery of each event, and the SQL functions."""
    for file in (*statements.staging(), *statements.functions()):
        _create(tables, file, settings)
    _require_equal_columns(tables)
    _create(tables, statements.EVENTS, settings)
    udf_jar.load(settings)
    _create_boundary(tables, settings)


def _create(tables: StreamTableEnvironment, file: Path, settings: Settings) -> None:
    with start_error.planning(file):
        tables.execute_sql(statements.read(file, settings))


def _require_equal_columns(tables: StreamTableEnvironment) -> None:
    """Raise UserError for a staging view with other columns than most: `events` unites them."""
    columns = {
        file: tuple(tables.from_path(file.stem).get_schema().get_field_names())
        for file in statements.staging()
    }
    usual = Counter(columns.values()).most_common(1)[0][0]
    for file, names in columns.items():
        if names != usual:
            raise UserError(
                f"{statements.shown(file)}: expected the columns of the other staging views, in "
                f"their order ({', '.join(usual)}), not {', '.join(names)}."
            )


def _create_boundary(tables: StreamTableEnvironment, settings: Settings) -> None:
    """Register the first deliveries of all events as a view, of which `prepared` makes others.

    Rows cross in Flink's internal format: PyFlink's to_data_stream would convert each to a Row
    and back, for every reader. The branches cross one by one: the view `events`, which unites them,
    would be one more task, to which each row is copied.
    """
    events = tables.from_path(EVENTS)
    java = get_gateway().jvm
    internal = java.Class.forName("org.apache.flink.table.data.RowData")
    columns = events._j_table.getResolvedSchema()
    rows = columns.toPhysicalRowDataType().bridgedTo(internal)
    first = java.inventory.FirstDelivery.of(
        [
            tables._j_tenv.toDataStream(tables.from_path(file.stem)._j_table, rows)
            for file in statements.staging()
        ],
        columns.getColumnNames(),
        rows.getLogicalType().getChildren(),
        java.java.util.List.of(*DELIVERY_COLUMNS),
        settings.id_seconds,
    )
    boundary = _Boundary(first, rows, list(columns.getColumnNames()))
    _BOUNDARIES[tables] = boundary
    _create_view(tables, VIEW, boundary.columns)


def _create_view(tables: StreamTableEnvironment, name: str, columns: list[str]) -> None:
    boundary = _BOUNDARIES[tables]
    get_gateway().jvm.inventory.StatementView.replace(
        tables._j_tenv, name, boundary.rows, boundary.type, columns, LOG_TIME
    )


def statement_sets(tables: StreamTableEnvironment, settings: Settings) -> Iterator[StatementSet]:
    """Yield the INSERT statements in sets of equal planner options.

    Attach or explain a set before taking the next one, which changes the options.
    """
    for files in statements.statement_sets():
        inserts = tables.create_statement_set()
        for file in files:
            statement = prepared(tables, file, settings)
            with start_error.planning(file):
                inserts.add_insert_sql(statement)
        yield inserts


def attach(tables: StreamTableEnvironment, settings: Settings) -> None:
    """Plan all INSERT statements as parts of the job."""
    sets = statement_sets(tables, settings)
    for files, inserts in zip(statements.statement_sets(), sets, strict=True):
        with start_error.planning(*files):
            inserts.attach_as_datastream()


def prepared(tables: StreamTableEnvironment, file: Path, settings: Settings) -> str:
    """Return a file's statement, with the planner's options set for it, and a view of its own.

    The view stands for `deduplicated_events`, with the columns that the statement names.
    """
    for option, value in statements.planner_options(file, settings).items():
        tables.get_config().set(option, value)
    view = f"{VIEW}_{file.stem}"
    _create_view(tables, view, statements.named(file, _BOUNDARIES[tables].columns, settings))
    return re.sub(rf"\b{VIEW}\b", view, statements.read(file, settings))


def explain(tables: StreamTableEnvironment, settings: Settings) -> str:
    """Return the plan in front of the boundary, then those of the INSERT statements."""
    plans = [tables.from_path(EVENTS).explain()]
    plans += [inserts.explain() for inserts in statement_sets(tables, settings)]
    return "\n".join(plans)
