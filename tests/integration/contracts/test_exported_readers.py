"""Java and TypeScript programs, built from the exports, read records of a running broker."""

import base64
import io
import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import fastavro
import pytest
from click.testing import CliRunner
from confluent_kafka import Consumer, Producer
from confluent_kafka.schema_registry import Schema
from rich.console import Console

from codegen.exports.command import export
from connect import registry
from contracts.contract_file import load
from contracts.publisher import Publisher
from schemas.generated import Transaction
from stack.runtime import Stack
from tests.support.running_pipeline import RunningPipeline

pytestmark = [pytest.mark.slow, pytest.mark.nightly]

SOLD_AT = datetime(2026, 3, 2, 9, 30, 0, 250_000, tzinfo=UTC)
SALE = Transaction(
    event_id="e1",
    receipt_id="r1",
    line_no=1,
    store_id="north",
    terminal_id="till",
    sku="crème",
    quantity=-2,
    line_amount=Decimal("-12.30"),
    unit_price=None,
    currency="CHF",
    occurred_at=SOLD_AT,
    recorded_at=SOLD_AT,
)
OLD_LEVEL = {
    "store_id": "north", "sku": "milk", "on_hand": -3, "sold": 4, "returned": 0, "received": 1,
    "version": 9, "last_movement_at": SOLD_AT,
}  # fmt: skip
"""A level by version 1 of its contract, which has no field `adjusted`."""
EXPECTED = ["crème -2 -12.30 null 1772443800250", "-3 0 null 1772443800250"]

JAVA = """\
import inventory.*;
import java.net.URI;
import java.net.http.*;
import java.nio.ByteBuffer;
import java.util.Base64;
import org.apache.avro.Schema;
import org.apache.avro.io.*;
import org.apache.avro.specific.*;

public class Main {
  static <T extends SpecificRecord> T read(String registry, String base64, Schema schema)
      throws Exception {
    byte[] value = Base64.getDecoder().decode(base64);
    URI address = URI.create(registry + "/schemas/ids/" + ByteBuffer.wrap(value).getInt(1));
    String answer = HttpClient.newHttpClient()
        .send(HttpRequest.newBuilder(address).build(), HttpResponse.BodyHandlers.ofString()).body();
    String written = new com.fasterxml.jackson.databind.ObjectMapper()
        .readTree(answer).get("schema").asText();
    SpecificDatumReader<T> reader = new SpecificDatumReader<>(
        new Schema.Parser().parse(written), schema, SpecificData.getForSchema(schema));
    return reader.read(
        null, DecoderFactory.get().binaryDecoder(value, 5, value.length - 5, null));
  }

  public static void main(String[] args) throws Exception {
    var out = new java.io.PrintStream(System.out, true, "UTF-8");
    Transaction sale = read(args[0], args[1], Transaction.getClassSchema());
    out.println(sale.getSku() + " " + sale.getQuantity() + " " + sale.getLineAmount() + " "
        + sale.getUnitPrice() + " " + sale.getOccurredAt().toEpochMilli());
    InventoryLevel level = read(args[0], args[2], InventoryLevel.getClassSchema());
    out.println(level.getOnHand() + " " + level.getAdjusted() + " " + level.getCountedAt() + " "
        + level.getLastMovementAt().toEpochMilli());
  }
}
"""
TYPESCRIPT = """\
import {
  InventoryLevelContract, Reader, TransactionContract, registrySchemas,
} from "./index.js";

const [registry, sent, old] = process.argv.slice(2) as [string, string, string];
const schemaOf = registrySchemas(registry);
const bytes = (base64: string): Buffer => Buffer.from(base64, "base64");

const sale = await new Reader(TransactionContract, schemaOf).read(bytes(sent));
const price: string | null = sale.unit_price;
const soldAt: Date = sale.occurred_at;
console.log(sale.sku, sale.quantity, sale.line_amount, price, soldAt.getTime());
const level = await new Reader(InventoryLevelContract, schemaOf).read(bytes(old));
console.log(level.on_hand, level.adjusted, level.counted_at, level.last_movement_at.getTime());
"""


@pytest.fixture(scope="module")
def arguments() -> Iterator[list[str]]:
    """Start broker and registry; yield the registry's address and two values, from the broker."""
    with Stack.on_free_ports(["registry", "kafka"]) as stack:
        stack.fetch(Console(quiet=True))
        pipeline = RunningPipeline(stack)
        applied = pipeline.run("contracts", "apply")
        assert applied.returncode == 0, applied.stderr
        settings = pipeline.settings
        with Publisher(settings, [Transaction]) as publisher:
            publisher.send(SALE)
        producer = Producer({"bootstrap.servers": settings.kafka_servers})
        level = old_level(registry.client(settings))
        producer.produce("inventory-levels", level, key=b"a compacted topic requires one")
        assert producer.flush(30) == 0
        values = [
            newest(settings.kafka_servers, topic) for topic in ("transactions", "inventory-levels")
        ]
        yield [settings.registry_url, *values]


def old_level(client: Any) -> bytes:
    schema = load(Path("schemas/released/inventory_level/1.avsc")).schema
    number = client.lookup_schema("inventory-levels-value", Schema(schema, "AVRO")).schema_id
    buffer = io.BytesIO(b"\0" + number.to_bytes(4, "big"))
    buffer.seek(0, io.SEEK_END)
    fastavro.schemaless_writer(buffer, json.loads(schema), OLD_LEVEL)
    return buffer.getvalue()


def newest(servers: str, topic: str) -> str:
    """Read the only value of a topic."""
    consumer = Consumer(
        {"bootstrap.servers": servers, "group.id": topic, "auto.offset.reset": "earliest"}
    )
    consumer.subscribe([topic])
    message = consumer.poll(60)
    consumer.close()
    assert message is not None
    assert message.error() is None
    return base64.b64encode(message.value() or b"").decode()


def exported(form: str, folder: Path) -> Path:
    written = CliRunner().invoke(export, ["--format", form, "--out", str(folder)])
    assert written.exit_code == 0, written.output
    return folder


def run(*command: str, folder: Path) -> list[str]:
    # A Flink in this process sets a Java without a compiler.
    environment = {name: value for name, value in os.environ.items() if name != "JAVA_HOME"}
    done = subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    return done.stdout.splitlines()


@pytest.mark.skipif(not shutil.which("mvn") or not shutil.which("javac"), reason="no Maven or JDK")
def test_java_classes_of_avros_compiler_read_records(arguments: list[str], tmp_path: Path) -> None:
    project = exported("java", tmp_path)
    main = project / "src" / "main" / "java" / "Main.java"
    main.parent.mkdir()
    main.write_text(JAVA, "utf-8")
    run("mvn", "-q", "-B", "package", "dependency:build-classpath",
        "-Dmdep.outputFile=classpath", folder=project)  # fmt: skip
    classes = f"target/classes:{(project / 'classpath').read_text()}"
    assert run("java", "-cp", classes, "Main", *arguments, folder=project) == EXPECTED


@pytest.mark.skipif(not shutil.which("npm"), reason="no Node.js with npm")
def test_typescript_reads_records(arguments: list[str], tmp_path: Path) -> None:
    package = exported("typescript", tmp_path)
    (package / "src" / "main.ts").write_text(TYPESCRIPT, "utf-8")
    run("npm", "install", "--no-audit", "--no-fund", folder=package)
    assert run("node", "dist/main.js", *arguments, folder=package) == EXPECTED
