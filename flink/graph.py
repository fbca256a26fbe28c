"""The job's graph: statements in, one job out, with one state of the event ids already seen.

A setting is read when a statement is planned, so there are two DataStream boundaries between
parts that need other settings. In front of the first, every event is accepted once, with state
kept for the dedup horizon; behind it state is kept for ever. (A time-to-live on the whole job
would also expire the levels.) Between the two the levels are worked out in batches, which makes
the many changes that one count brings about one. (With batches in front of the first boundary,
every sink would get a dedup, and a state of all event ids, of its own; with batches behind the
second, they would wait for the watermark.)
"""

from collections.abc import Iterator
from pathlib import Path

from pyflink.datastream import StreamExecutionEnvironment
from pyflink.table import ChangelogMode, Schema, StatementSet, StreamTableEnvironment, Table

from connect.settings import Settings
from flink import statements

EVENT_TIME = "occurred_at"
LEVEL_KEY = ("store_id", "sku")
STATE_TTL = "table.exec.state.ttl"
MOST_IN_BATCH = 1_000_000
OPTIONS = {
    # Each sink's key is its statement's GROUP BY key, so no two rows compete for a key. (Of a
    # window only the start is written; the planner does not know that its end follows.)
    "table.exec.sink.require-on-conflict": "false",
    "table.exec.sink.upsert-materialize": "NONE",
}


def create_views(tables: StreamTableEnvironment, settings: Settings) -> None:
    """Define `once` and `level_candidates` over the tables of the events."""
    accept_once(tables, settings)
    work_out_levels(tables, settings)


def accept_once(tables: StreamTableEnvironment, settings: Settings) -> None:
    """Define `once`, the first delivery of every event."""
    tables.execute_sql(statements.read(statements.EVENTS))
    tables.execute_sql(statements.read(statements.ONCE))
    planned = tables.from_path("once_planned")
    tables.get_config().set(STATE_TTL, f"{settings.dedup_seconds} s")
    stream = tables.to_data_stream(planned)
    tables.get_config().set(STATE_TTL, "0 s")
    events = _columns(planned).watermark(EVENT_TIME, "SOURCE_WATERMARK()").build()
    tables.create_temporary_view("once", stream, events)


def work_out_levels(tables: StreamTableEnvironment, settings: Settings) -> None:
    """Define `level_candidates`, every change of every level, true or not yet."""
    tables.execute_sql(statements.read(statements.LEVEL_CANDIDATES))
    plan_in_batches(tables, settings.levels_milliseconds)
    planned = tables.from_path("level_candidates")
    levels = _columns(planned).primary_key(*LEVEL_KEY).build()
    changes = tables.to_changelog_stream(planned, levels, ChangelogMode.upsert())
    plan_in_batches(tables, 0)
    tables.drop_temporary_view("level_candidates")
    # Said to have old values too: else Flink would keep every level once more to add them, for a
    # reader that leaves them out.
    candidates = tables.from_changelog_stream(changes, levels, ChangelogMode.all())
    tables.create_temporary_view("level_candidates", candidates)


def batches(settings: Settings) -> list[tuple[int, list[Path]]]:
    """(milliseconds for which changes are gathered, statements that then write them)."""
    at_once = [
        statements.INVENTORY_LEVELS,
        statements.STOCK_LEDGER,
        statements.SALES_PER_MINUTE,
        statements.OPEN_ORDERS,
        statements.OPEN_TRANSFERS,
    ]
    return [(0, at_once), (settings.days_milliseconds, [statements.SALES_BY_DAY])]


def writes(tables: StreamTableEnvironment, settings: Settings) -> Iterator[StatementSet]:
    """The statements that write, in sets: attach or explain each before asking for the next."""
    for milliseconds, files in batches(settings):
        plan_in_batches(tables, milliseconds)
        inserts = tables.create_statement_set()
        for file in files:
            inserts.add_insert_sql(statements.read(file))
        yield inserts


def plan_in_batches(tables: StreamTableEnvironment, milliseconds: int) -> None:
    """Plan from now on so that changes are gathered and written together; 0: one by one.

    A batch ends by time alone: were it to end when an operator is full, half of what a count
    changes could be written.
    """
    config = tables.get_config()
    config.set("table.exec.mini-batch.enabled", "true" if milliseconds else "false")
    config.set("table.exec.mini-batch.allow-latency", f"{milliseconds} ms")
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
