"""Three brokers that are their own controllers, with SASL_SSL, SCRAM and ACLs."""

import base64
import subprocess
from dataclasses import replace
from functools import partial
from pathlib import Path

from connect.errors import UserError
from stack import broker_security
from stack.artifacts import folder
from stack.health import broker_answers
from stack.java import java
from stack.process import Port, Process
from tests.support.certificates import HOST
from tests.support.cluster.layout import BROKERS, Layout

CLUSTER_ID = base64.urlsafe_b64encode(b"inventory-tests.").decode()[:22]
HEAP = "512m"


def broker(layout: Layout, number: int) -> Process:
    name = f"broker{number}"
    config = layout.folder / "conf" / f"{name}.properties"
    port, controller = layout.port(name), layout.port(f"controller{number}")
    own = replace(layout.settings, kafka=layout.address(name))
    return Process(
        name=name,
        title=f"Kafka broker {number}",
        command=command(layout, HEAP, "kafka.Kafka", str(config)),
        address=layout.address(name),
        ports=[
            Port(port, "a Kafka broker", "--port"),
            Port(controller, "its controller", "--port"),
        ],
        prepare=partial(_prepare, layout, number, config),
        healthy=partial(broker_answers, own),
        base=True,
        stop_seconds=30,
    )


def command(layout: Layout, heap: str, *arguments: str) -> list[str]:
    """Return the command line of a program of Kafka's."""
    log = [
        "-Dorg.slf4j.simpleLogger.showDateTime=true",
        "-Dorg.slf4j.simpleLogger.dateTimeFormat=yyyy-MM-dd HH:mm:ss,SSS",
    ]
    class_path = str(folder(layout.folder, "broker") / "*")
    return java(heap, *log, "-cp", class_path, *arguments, busy=False)


def properties(layout: Layout, number: int) -> str:
    """Return the server.properties of a broker."""
    voters = (f"{each}@{layout.address(f'controller{each}')}" for each in BROKERS)
    clients, controller = layout.address(f"broker{number}"), layout.address(f"controller{number}")
    lines = {
        "process.roles": "broker,controller",
        "node.id": str(number),
        "controller.quorum.voters": ",".join(voters),
        "listeners": f"CLIENTS://{clients},CONTROLLER://{controller}",
        "advertised.listeners": f"CLIENTS://{clients}",
        "controller.listener.names": "CONTROLLER",
        **broker_security.lines(layout.secret_files, HOST),
        "log.dirs": str(_data(layout, number)),
        # Another broker leads the partitions of a lost one after 6 s instead of 9 s.
        "broker.session.timeout.ms": "6000",
        "auto.create.topics.enable": "false",
        "default.replication.factor": "3",
        "min.insync.replicas": "2",
        "offsets.topic.replication.factor": "3",
        "offsets.topic.num.partitions": "8",
        "transaction.state.log.replication.factor": "3",
        "transaction.state.log.min.isr": "2",
        "transaction.state.log.num.partitions": "8",
        "group.initial.rebalance.delay.ms": "0",
        "log.cleaner.dedupe.buffer.size": str(32 << 20),
        "log.retention.hours": "-1",
    }
    return "".join(f"{name}={value}\n" for name, value in lines.items())


def _data(layout: Layout, number: int) -> Path:
    return layout.folder / f"kafka{number}"


def _prepare(layout: Layout, number: int, config: Path) -> None:
    config.parent.mkdir(parents=True, exist_ok=True)
    config.write_text(properties(layout, number))
    if (_data(layout, number) / "meta.properties").exists():
        return
    tool = ["kafka.tools.StorageTool", "format", "-t", CLUSTER_ID, "-c", str(config)]
    formatted = command(layout, "256m", *tool)
    done = subprocess.run(formatted, check=False, capture_output=True, text=True)
    if done.returncode:
        raise UserError(f"Storage is not formatted: {(done.stdout + done.stderr).strip()}")
