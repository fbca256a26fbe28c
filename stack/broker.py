"""The Kafka broker: one node that is its own controller (KRaft)."""

import base64
import subprocess
import uuid
from functools import partial
from pathlib import Path

from connect.errors import UserError
from connect.secret_files import write_private
from connect.settings import PREFIX, Settings
from stack import broker_security, class_archives
from stack.artifacts import folder
from stack.health import broker_answers
from stack.java import java
from stack.process import Port, Process


def broker(settings: Settings) -> Process:
    port, controller = settings.kafka_port, settings.kafka_port + 1
    config = settings.state / "conf" / "server.properties"
    archive = class_archives.option(settings.state, "kafka")
    return Process(
        name="kafka",
        title="Kafka broker",
        command=_java(settings, "1g", archive, "kafka.Kafka", str(config), busy=True),
        address=settings.kafka_servers,
        ports=[
            Port(port, "the Kafka broker", f"{PREFIX}KAFKA_PORT"),
            Port(
                controller, "Kafka's controller, the port after the broker's", f"{PREFIX}KAFKA_PORT"
            ),
        ],
        prepare=partial(_prepare, settings, config),
        healthy=partial(broker_answers, settings),
        base=True,
        stop_seconds=30,
    )


def _java(settings: Settings, heap: str, *arguments: str, busy: bool) -> list[str]:
    log = [
        "-Dorg.slf4j.simpleLogger.showDateTime=true",
        "-Dorg.slf4j.simpleLogger.dateTimeFormat=yyyy-MM-dd HH:mm:ss,SSS",
    ]
    return java(heap, *log, "-cp", _class_path(settings), *arguments, busy=busy)


def _class_path(settings: Settings) -> str:
    return str(folder(settings.state, "broker") / "*")


def properties(settings: Settings) -> str:
    """The broker's server.properties."""
    host, port = settings.host, settings.kafka_port
    one_copy = [
        "offsets.topic.replication.factor",
        "transaction.state.log.replication.factor",
        "transaction.state.log.min.isr",
        "share.coordinator.state.topic.replication.factor",
        "share.coordinator.state.topic.min.isr",
    ]
    lines = {
        "process.roles": "broker,controller",
        "node.id": "1",
        "controller.quorum.voters": f"1@{host}:{port + 1}",
        "listeners": f"PLAINTEXT://{host}:{port},CONTROLLER://{host}:{port + 1}",
        "advertised.listeners": f"PLAINTEXT://{host}:{port}",
        "controller.listener.names": "CONTROLLER",
        "listener.security.protocol.map": "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT",
        "log.dirs": _escaped(settings.state / "kafka"),
        "auto.create.topics.enable": "false",
        "group.initial.rebalance.delay.ms": "0",
        "offsets.topic.num.partitions": "8",
        "transaction.state.log.num.partitions": "8",
        # 10 years: committed offsets survive a long outage of the gate.
        "offsets.retention.minutes": "5256000",
        # Allocated at the start. For 1.2 million keys: a topic with more is compacted in several
        # passes.
        "log.cleaner.dedupe.buffer.size": str(32 << 20),
        # Events are the source of truth: kept for ever unless a topic sets its retention.
        "log.retention.hours": "-1",
    } | dict.fromkeys(one_copy, "1")
    if settings.secured:
        lines |= {
            "listeners": f"CLIENTS://{host}:{port},CONTROLLER://{host}:{port + 1}",
            "advertised.listeners": f"CLIENTS://{host}:{port}",
        } | broker_security.lines(settings.secret_files, host)
    return "".join(f"{name}={value}\n" for name, value in lines.items())


def _escaped(path: Path) -> str:
    return str(path).replace("\\", "\\\\")


def _prepare(settings: Settings, config: Path) -> None:
    config.parent.mkdir(parents=True, exist_ok=True)
    write_private(config, properties(settings))
    class_archives.prepare(settings.state, "kafka", _class_path(settings))
    # Formatting writes this file last; an interrupted formatting is repeated.
    if (settings.state / "kafka" / "meta.properties").exists():
        return
    cluster = "i" + base64.urlsafe_b64encode(uuid.uuid4().bytes).decode()[1:22]
    tool = ["kafka.tools.StorageTool", "format", "-t", cluster, "-c", str(config)]
    arguments = [*tool, "--ignore-formatted"]
    command = _java(settings, "256m", *arguments, busy=False)
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    if done.returncode:
        raise UserError(
            f"Kafka's storage cannot be formatted: {(done.stdout + done.stderr).strip()}"
        )
