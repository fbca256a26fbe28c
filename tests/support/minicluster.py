"""A Flink cluster inside of the test process, and the shipped statements run on it.

The tables of the contracts are shadowed by temporary ones with the same columns, keys and
watermarks that read a folder of JSON files in the order of arrival; every other statement is
the one that is shipped.
"""

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from pyflink.common import Configuration, Row
from pyflink.datastream import StreamExecutionEnvironment
from pyflink.java_gateway import get_gateway
from pyflink.table import StreamTableEnvironment
from rich.console import Console

from connect.settings import Settings
from flink import graph, statements
from flink.configuration import execution_environment, jars, prepare_process
from schemas.generated import EVENTS, AnyEvent
from stack.fetch import fetch

Change = tuple[str, list[str]]
ROW = re.compile(r"([+-][IUD])\[(.*?)\]")
OFTEN = Settings(days_milliseconds=1, dedup_seconds=0, count_seconds=0, finished_seconds=0)
"""Small batches, so that many intermediate sums are visible. Nothing ends: after the last file, log
time is infinite."""
INSERT = re.compile(r"^INSERT INTO \w+$", re.MULTILINE)


class MiniCluster:
    """One long-lived cluster; each `tables()` is a new session on it."""

    def __init__(self, settings: Settings, slots: int = 4) -> None:
        prepare_process(settings)
        jvm = get_gateway().jvm
        runtime = jvm.org.apache.flink.runtime.minicluster
        options = Configuration()
        options.set_string("rest.address", "127.0.0.1")
        options.set_string("rest.bind-address", "127.0.0.1")
        options.set_string("rest.bind-port", "0")
        options.set_string("taskmanager.memory.managed.size", "64m")
        options.set_string("execution.checkpointing.num-retained", "3")
        builder = runtime.MiniClusterConfiguration.Builder()
        builder.setConfiguration(options._j_configuration)
        builder.setNumSlotsPerTaskManager(slots)
        self.java = runtime.MiniCluster(builder.build())
        """Flink's object."""
        # A test may have loaded the job's classes, whose page takes no jobs from outside.
        thread = jvm.Thread.currentThread()
        loaded = thread.getContextClassLoader()
        thread.setContextClassLoader(jvm.ClassLoader.getSystemClassLoader())
        self.java.start()
        thread.setContextClassLoader(loaded)
        self._port = self.java.getRestAddress().get().getPort()
        self.address = f"127.0.0.1:{self._port}"
        """Of the REST API."""
        fetch(settings.state, Console(quiet=True), ["flink"])
        self._settings = settings

    def environment(self, parallelism: int, zone: str = "UTC") -> StreamExecutionEnvironment:
        options = Configuration()
        options.set_string("execution.target", "remote")
        options.set_string("rest.address", "127.0.0.1")
        options.set_string("rest.port", str(self._port))
        options.set_string("parallelism.default", str(parallelism))
        options.set_string("pipeline.jars", jars(self._settings))
        options.set_string("table.local-time-zone", zone)
        return execution_environment(options)

    def session(
        self,
        folder: Path,
        parallelism: int = 1,
        follow: bool = False,
        settings: Settings = OFTEN,
        lag_seconds: int = 15,
    ) -> "Session":
        """Return a session whose event tables read `folder`/<table>/*.json; follow: forever.

        lag_seconds: of log time behind the newest event of each table.
        """
        settings = replace(settings, state=self._settings.state)
        environment = self.environment(parallelism, settings.time_zone)
        tables = graph.open_tables(environment)
        if follow:
            # An idle folder must not hold back the watermark, as an idle partition does not.
            tables.get_config().set("table.exec.source.idle-timeout", "1 s")
        for definition in statements.tables(settings):
            tables.execute_sql(definition)
        for record_type in EVENTS:
            _shadow(tables, record_type.TOPIC, folder, follow, lag_seconds)
        graph.create_views(tables, settings)
        return Session(environment, tables, settings)

    def close(self) -> None:
        self.java.close()


@dataclass(frozen=True)
class Session:
    """The shipped views over a folder of events."""

    environment: StreamExecutionEnvironment
    tables: StreamTableEnvironment
    settings: Settings

    def changes(self, file: Path) -> Iterator[Row]:
        """Yield the rows of a shipped INSERT statement as they arrive."""
        with self.tables.execute_sql(self._query(file)).collect() as rows:
            yield from rows

    def all_changes(self, file: Path) -> list[Change]:
        """Return all rows of a bounded session as (row kind, fields as text).

        All rows come in two calls, as the text of a Java list: one call a row would take longer
        than the job. No value in these tests has a bracket or comma.
        """
        java = get_gateway().jvm.org.apache.flink.util.CollectionUtil
        rows = java.iteratorToList(self.tables._j_tenv.executeSql(self._query(file)).collect())
        return [(kind, fields.split(", ")) for kind, fields in ROW.findall(rows.toString())]

    def _query(self, file: Path) -> str:
        """Return the statement's SELECT, and prepare the session for it."""
        statement = graph.prepared(self.tables, file, self.settings)
        query, inserts = INSERT.subn("", statement)
        assert inserts == 1
        return query


def _shadow(
    tables: StreamTableEnvironment, topic: str, folder: Path, follow: bool, lag_seconds: int
) -> None:
    files = folder / topic
    files.mkdir(parents=True, exist_ok=True)
    name = topic.replace("-", "_")
    monitor = ", 'source.monitor-interval' = '100 ms'" if follow else ""
    tables.execute_sql(
        f"CREATE TEMPORARY TABLE {name} ("
        "source_topic STRING, source_partition INT, source_offset BIGINT, "
        "accepted_at TIMESTAMP_LTZ(3), "
        "WATERMARK FOR accepted_at "
        f"AS TIMESTAMPADD(SECOND, -{lag_seconds}, accepted_at)) "
        "WITH ('connector' = 'filesystem', 'format' = 'json', "
        f"'path' = '{files.as_uri()}'{monitor}) "
        f"LIKE default_catalog.default_database.{name} (EXCLUDING OPTIONS EXCLUDING METADATA "
        "OVERWRITING WATERMARKS)"
    )


def write(
    folder: Path,
    partition: int,
    events: Sequence[AnyEvent],
    accepted_at: datetime | Sequence[datetime] | None = None,
) -> None:
    """Write a file of events of one topic, in this order.

    accepted_at: of all events or of each; the default is its recorded_at.
    """
    if not events:
        return
    topic = type(events[0]).TOPIC
    target = folder / topic
    target.mkdir(parents=True, exist_ok=True)
    if accepted_at is None:
        accepted_at = [event.recorded_at for event in events]
    elif isinstance(accepted_at, datetime):
        accepted_at = [accepted_at] * len(events)
    rows = [
        {
            "source_topic": topic,
            "source_partition": partition,
            "source_offset": offset,
            "accepted_at": _json(at) + "Z",
        }
        | {name: _json(value) for name, value in event.to_dict().items()}
        for offset, (event, at) in enumerate(zip(events, accepted_at, strict=True))
    ]
    partial = target / f".{partition}"
    partial.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    partial.rename(target / f"{partition}.json")


def _json(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S.%f")[:-3]
    if isinstance(value, Decimal):
        return str(value)
    return value
