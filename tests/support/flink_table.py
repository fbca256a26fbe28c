"""Flink tables of contracts, read record by record without a topic.

Columns and options are those of the generated CREATE TABLE; the format is the job's or Flink's own.
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
from contracts.contract_file import load_released
from flink import graph, udf_jar
from flink.configuration import execution_environment, prepare_process
from stack.fetch import fetch

FORMATS = ("contract-avro", "avro-confluent")
"""The job's format and Flink's own."""
REGISTRY_MILLISECONDS = 60_000
"""The job gives up after five seconds; a busy machine is no silent registry."""


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
        udf_jar.load(settings)
        self._url = registry_url
        self._java = get_gateway().jvm
        options = Configuration()
        options.set_string("execution.target", "local")
        self._tables: StreamTableEnvironment = graph.open_tables(execution_environment(options))

    @contextmanager
    def table(self, schema: dict[str, Any], flink: str = "source") -> Iterator["FlinkTable"]:
        """Create the table of a contract with these fields, whose key is the first."""
        contract = {
            **schema,
            "doc": "An event.",
            "owner": "tests",
            "compatibility": "FULL_TRANSITIVE",
            "flink": flink,
            "topic": {"name": "events", "key": [schema["fields"][0]["name"]], "partitions": 1},
        }
        with TemporaryDirectory() as folder:
            path = Path(folder, "event.avsc")
            path.write_text(json.dumps(contract), "utf-8")
            ddl = flink_tables.create_table(load_released(path))
        names = ("kafka", "prefix", "topic_prefix", "group", "delivery", "transaction_milliseconds")
        ddl = Template(ddl).substitute(dict.fromkeys(names, ""), registry=self._url, format="raw")
        self._tables.execute_sql(ddl.replace("CREATE TABLE", "CREATE TEMPORARY TABLE"))
        try:
            yield FlinkTable(self._java, self._tables)
        finally:
            self._tables.drop_temporary_table("events")


class FlinkTable:
    """Decodes the bytes of a record as a row of the table `events`, and encodes the row."""

    def __init__(self, java: Any, environment: StreamTableEnvironment) -> None:
        j_tables = environment._j_tenv
        catalog = j_tables.getCatalogManager()
        identifier = catalog.qualifyIdentifier(j_tables.getParser().parseIdentifier("events"))
        resolved = catalog.getTable(identifier).get().getResolvedTable()
        columns = resolved.getResolvedSchema().toPhysicalRowDataType()
        flink = java.org.apache.flink
        options = flink.configuration.Configuration()
        for entry in resolved.getOptions().entrySet():
            if entry.getKey().startswith("value.raw."):
                options.setString(entry.getKey().removeprefix("value.raw."), entry.getValue())
        for step in ("connect", "read"):
            options.setString(f"properties.http.{step}.timeout.ms", str(REGISTRY_MILLISECONDS))
        connector = flink.table.runtime.connector
        source = connector.source.ScanRuntimeProviderContext.INSTANCE
        sink = connector.sink.SinkRuntimeProviderContext(False)
        own = flink.formats.avro.registry.confluent.RegistryAvroFormatFactory
        factories = zip(FORMATS, (java.inventory.format.ContractAvroFormat, own), strict=True)
        self._decoders, self._encoders = {}, {}
        for name, factory in factories:
            decoding = factory().createDecodingFormat(None, options)
            self._decoders[name] = decoding.createRuntimeDecoder(source, columns)
            encoding = factory().createEncodingFormat(None, options)
            self._encoders[name] = encoding.createRuntimeEncoder(sink, columns)
            self._decoders[name].open(None)
            self._encoders[name].open(None)
        self._external = flink.table.data.conversion.DataStructureConverters.getConverter(columns)
        self._external.open(get_gateway().jvm.Thread.currentThread().getContextClassLoader())
        self.names = list(columns.getLogicalType().getFieldNames())

    def row(self, data: bytes, name: str = FORMATS[0]) -> dict[str, Any]:
        """The columns of one record. Raises Py4JJavaError for bytes that are none."""
        row = self._external.toExternal(self._decoders[name].deserialize(data))
        return {name: _python(row.getField(name)) for name in self.names}

    def encoded(self, data: bytes, name: str = FORMATS[0]) -> bytes:
        """The message of the row of one record."""
        return bytes(self._encoders[name].serialize(self._decoders[name].deserialize(data)))


def _python(value: Any) -> Any:
    """Convert a Java object to milliseconds; py4j converts all types but times."""
    if isinstance(value, JavaObject):
        utc = get_gateway().jvm.java.time.ZoneOffset.UTC
        return value.toInstant(utc).toEpochMilli()
    return value
