"""Flink tables of contracts, read record by record without a topic.

Columns and avro-confluent format are those of the generated CREATE TABLE.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from string import Template
from tempfile import TemporaryDirectory
from typing import Any

from py4j.java_gateway import JavaObject
from pyflink.common import Configuration
from pyflink.java_gateway import get_gateway
from pyflink.table import StreamTableEnvironment
from pyflink.util.java_utils import add_jars_to_context_class_loader
from rich.console import Console

from codegen import flink_tables
from connect.settings import Settings
from contracts.contract_file import load
from flink import graph
from flink.configuration import execution_environment, prepare_process
from stack.fetch import fetch

FORMAT = "value.avro-confluent."


class FlinkTables:
    """Creates tables of contracts; the writers' schemas are in a registry.

    The jars must stay in their folder as long as the JVM, which other tests use, too.
    """

    def __init__(self, registry_url: str) -> None:
        settings = Settings()
        prepare_process(settings)
        fetch(settings.state, Console(quiet=True), ["flink"])
        jars = sorted(settings.flink_artifacts.glob("flink-sql-avro-*.jar"))
        add_jars_to_context_class_loader([jar.resolve().as_uri() for jar in jars])
        self._url = registry_url
        self._java = get_gateway().jvm.org.apache.flink
        options = Configuration()
        options.set_string("execution.target", "local")
        self._tables: StreamTableEnvironment = graph.open_tables(execution_environment(options))

    @contextmanager
    def table(self, schema: dict[str, Any]) -> Iterator["FlinkTable"]:
        """Create the table of a contract with these fields, whose key is the first."""
        contract = {
            **schema,
            "doc": "An event.",
            "owner": "tests",
            "compatibility": "FULL_TRANSITIVE",
            "flink": "source",
            "topic": {"name": "events", "key": [schema["fields"][0]["name"]], "partitions": 1},
        }
        with TemporaryDirectory() as folder:
            path = Path(folder, "event.avsc")
            path.write_text(json.dumps(contract), "utf-8")
            ddl = flink_tables.create_table(load(path))
        ddl = Template(ddl).substitute(kafka="", topic_prefix="", registry=self._url)
        self._tables.execute_sql(ddl.replace("CREATE TABLE", "CREATE TEMPORARY TABLE"))
        try:
            yield FlinkTable(self._java, self._tables)
        finally:
            self._tables.drop_temporary_table("events")


class FlinkTable:
    """Decodes the bytes of a record as a row of the table `events`."""

    def __init__(self, java: Any, environment: StreamTableEnvironment) -> None:
        j_tables = environment._j_tenv
        catalog = j_tables.getCatalogManager()
        identifier = catalog.qualifyIdentifier(j_tables.getParser().parseIdentifier("events"))
        resolved = catalog.getTable(identifier).get().getResolvedTable()
        columns = resolved.getResolvedSchema().toPhysicalRowDataType()
        options = java.configuration.Configuration()
        for entry in resolved.getOptions().entrySet():
            if entry.getKey().startswith(FORMAT):
                options.setString(entry.getKey().removeprefix(FORMAT), entry.getValue())
        context = java.table.runtime.connector.source.ScanRuntimeProviderContext.INSTANCE
        factory = java.formats.avro.registry.confluent.RegistryAvroFormatFactory()
        self._decoder = factory.createDecodingFormat(None, options).createRuntimeDecoder(
            context, columns
        )
        self._decoder.open(None)
        self._external = java.table.data.conversion.DataStructureConverters.getConverter(columns)
        self._external.open(get_gateway().jvm.Thread.currentThread().getContextClassLoader())
        self.names = list(columns.getLogicalType().getFieldNames())

    def row(self, data: bytes) -> dict[str, Any]:
        """The columns of one record. Raises Py4JJavaError for bytes that are none."""
        row = self._external.toExternal(self._decoder.deserialize(data))
        return {name: _python(row.getField(name)) for name in self.names}


def _python(value: Any) -> Any:
    """Convert a Java object to milliseconds; py4j converts all types but times."""
    if isinstance(value, JavaObject):
        utc = get_gateway().jvm.java.time.ZoneOffset.UTC
        return value.toInstant(utc).toEpochMilli()
    return value
