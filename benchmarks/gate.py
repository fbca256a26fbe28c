"""Cost of the gate, each figure beside a bare consume and produce of the same run.

The milliseconds that it adds at 200 events a second, and its share of a core then and when idle;
records a second and a CPU second over a full topic, all records valid and every second one invalid;
the seconds to list the quarantine after that; records a second and a CPU second of the whole
pipeline without the gate and with it.

Takes 5 minutes.
"""

import subprocess
import sys
import time
from collections.abc import Callable

import click
import psutil
from confluent_kafka import OFFSET_BEGINNING, OFFSET_END, Consumer, Producer, TopicPartition
from confluent_kafka.admin import NewTopic  # type: ignore[attr-defined]

from benchmarks.latency import EVENTS, RATE, Arrivals, paced, sale
from benchmarks.pipeline import cpu, cpu_seconds, pipeline, start_job
from benchmarks.year_of_receipts import wait_for_levels
from connect import kafka, registry
from connect.own_memory import rare_collections
from connect.settings import Settings
from gate.accepted_topics import accepted_topic
from gate.forwarder import Forwarder
from gate.service import Gate
from gate.verdict import Forward
from schemas.generated import QuarantinedRecord, Transaction
from schemas.wire import Decoder, Encoder
from stack.runtime import Stack

RECORDS = 200_000
IDLE_SECONDS = 10
BARE = "bare"
ACCEPTED = accepted_topic(Transaction.TOPIC)
PARTITIONS = range(4)


def latency(stack: Stack) -> None:
    """Print what the gate, a process of its own, adds to the time from produce to consume."""
    settings = stack.settings
    schemas = registry.client(settings)
    decoder = Decoder(Transaction, lambda schema_id: registry.schema_text(schemas, schema_id))
    process = subprocess.Popen(
        [sys.executable, "-m", "gate"], env=stack.environment(), stdout=subprocess.DEVNULL
    )
    try:
        compare(settings, decoder, psutil.Process(process.pid))
    finally:
        process.terminate()
        process.wait(30)


def compare(settings: Settings, decoder: Decoder[Transaction], gate: psutil.Process) -> None:
    while ACCEPTED not in kafka.admin(settings).list_topics().topics:
        time.sleep(0.5)
    bare, through = (
        Arrivals(settings, topic, lambda data: int(decoder.value(data).sku))
        for topic in (Transaction.TOPIC, ACCEPTED)
    )
    bare.start()
    through.start()
    before: list[float] = []
    produced = paced(settings, lambda: before.append(cpu(gate)))
    used = (cpu(gate) - before[-1]) / (EVENTS / RATE)
    (bare50, bare99), (gate50, gate99) = bare.delays(produced), through.delays(produced)
    print(f"bare: p50 {bare50:.1f} ms, p99 {bare99:.1f} ms")
    print(f"gate: p50 {gate50:.1f} ms, p99 {gate99:.1f} ms")
    print(
        f"added: p50 {gate50 - bare50:.1f} ms, p99 {gate99 - bare99:.1f} ms; "
        f"ratio: p50 {gate50 / bare50:.2f}, p99 {gate99 / bare99:.2f}"
    )
    quiet = cpu(gate)
    time.sleep(IDLE_SECONDS)
    idle = (cpu(gate) - quiet) / IDLE_SECONDS
    print(f"CPU of the gate: {used:.1%} of a core at {RATE}/s, {idle:.1%} when idle")


def fill(settings: Settings, bad: bool) -> None:
    """Append RECORDS transactions; bad: of every second one the last byte is cut."""
    schemas = registry.client(settings)
    encoder = Encoder(lambda subject, text: registry.schema_id(schemas, subject, text))
    producer = Producer({"bootstrap.servers": settings.kafka_servers, "linger.ms": 20})
    for number in range(RECORDS):
        record = sale(number)
        value = encoder.value(record)
        producer.produce(
            Transaction.TOPIC,
            value[:-1] if bad and number % 2 else value,
            encoder.key(record),
            number % len(PARTITIONS),
        )
        if number % 1000 == 0:
            producer.poll(0)
            producer.flush()
    producer.flush()


def timed(work: Callable[[int], int]) -> tuple[float, float]:
    """(records per CPU-second, records per second) of work over RECORDS.

    work: runs until that many records are done, and returns how many are. What precedes the first,
    such as joining a group, is not timed.
    """
    begun = work(1)
    wall, spent = time.perf_counter(), time.process_time()
    done = work(RECORDS) - begun
    return done / (time.process_time() - spent), done / (time.perf_counter() - wall)


def bare(consumer: Consumer, forwarder: Forwarder) -> Callable[[int], int]:
    """Build work that copies records."""
    done = 0

    def copy(target: int) -> int:
        nonlocal done
        while done < target:
            for message in consumer.consume(1000, 0.1):
                record = Forward(message.key() or b"", message.value() or b"", None)
                forwarder.accept(message, record, BARE)
                done += 1
            forwarder.poll()
        while not forwarder.flush(1):
            pass
        return done

    return copy


def through(gate: Gate) -> Callable[[int], int]:
    """Build work that validates and forwards records."""

    def processed() -> int:
        return gate.accepted + gate.quarantined.total()

    def process(target: int) -> int:
        with rare_collections():
            gate.run(lambda: processed() >= target, lambda: None)
        return processed()

    return process


def throughput(stack: Stack) -> None:
    settings = stack.settings
    admin = kafka.admin(settings)
    admin.create_topics([NewTopic(BARE, len(PARTITIONS), 1)])[BARE].result(10)
    consumer = Consumer({"bootstrap.servers": settings.kafka_servers, "group.id": BARE})
    consumer.assign([TopicPartition(Transaction.TOPIC, p, OFFSET_END) for p in PARTITIONS])
    consumer.poll(2)
    forwarder = Forwarder(settings, Encoder(lambda *_: 0), lambda *_: None)
    figures: dict[str, tuple[float, float]] = {}
    for flood in (False, True):
        fill(settings, flood)
        if not flood:
            figures["bare"] = timed(bare(consumer, forwarder))
            consumer.close()
        gate = Gate(settings, "gate-1")
        figures["every second one bad" if flood else "gate"] = timed(through(gate))
        gate.close()
    for name, (per_cpu, per_second) in figures.items():
        print(
            f"{name}: {per_cpu / 1000:.1f} k records per CPU-second "
            f"({per_cpu / figures['bare'][0]:.2f} of bare), {per_second / 1000:.1f} k/s "
            f"({per_second / figures['bare'][1]:.2f} of bare)"
        )
    (cpu_clean, clean), (cpu_flood, flooded) = figures["gate"], figures["every second one bad"]
    print(
        f"every second one bad beside all good: {cpu_flood / cpu_clean:.2f} per CPU-second, "
        f"{flooded / clean:.2f} per second"
    )


def sight(stack: Stack) -> None:
    """Print the time to list the quarantine beside a bare read of its topic."""
    settings = stack.settings
    consumer = Consumer(
        {
            "bootstrap.servers": settings.kafka_servers,
            "group.id": BARE,
            "enable.partition.eof": True,
            "auto.offset.reset": "earliest",
        }
    )
    consumer.assign(
        [TopicPartition(QuarantinedRecord.TOPIC, p, OFFSET_BEGINNING) for p in PARTITIONS]
    )
    start, records, unread = time.perf_counter(), 0, len(PARTITIONS)
    while unread:
        for message in consumer.consume(1000, 0.1):
            unread -= message.error() is not None
            records += message.error() is None
    read = time.perf_counter() - start
    consumer.close()
    start = time.perf_counter()
    command = [sys.executable, "-m", "gate", "quarantine", "list", "--limit", "0"]
    subprocess.run(command, env=stack.environment(), check=True)
    listed = time.perf_counter() - start
    print(
        f"{records:,} quarantined records: read bare in {read:.1f} s, listed in {listed:.1f} s "
        f"({listed / read:.1f} of bare)"
    )


def whole(gate: str) -> tuple[float, float]:
    """Return records per CPU-second and per second to the last level, start-up included."""
    with pipeline(gate=gate) as stack:
        fill(stack.settings, bad=False)
        start = time.perf_counter()
        start_job(stack)
        wait_for_levels(stack.settings, RECORDS)
        wall = time.perf_counter() - start
        services = ("gate", "job") if gate == "on" else ("job",)
        return RECORDS / sum(cpu_seconds(stack, service) for service in services), RECORDS / wall


@click.command(help=__doc__)
def main() -> None:
    with pipeline() as stack:
        latency(stack)
        throughput(stack)
        sight(stack)
    figures = {gate: whole(gate) for gate in ("off", "on")}
    for gate, (per_cpu, per_second) in figures.items():
        print(f"gate {gate}: {per_cpu / 1000:.1f} k records per CPU-second, {per_second:,.0f}/s")
    cpu_ratio, wall_ratio = (
        on / off for on, off in zip(figures["on"], figures["off"], strict=True)
    )
    print(f"gate on beside gate off: {cpu_ratio:.2f} per CPU-second, {wall_ratio:.2f} per second")


if __name__ == "__main__":
    main()
