"""A standalone Flink with high availability: two job managers, of which ZooKeeper elects a leader.

ZooKeeper is the one that each Flink distribution brings along.
"""

import re
import socket
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from connect import cluster_rest, log4j
from connect.flink_distribution import flink_home
from connect.settings import Settings
from stack import flink_services
from stack.java import CONSOLE_LOG, java
from stack.process import Port, Process
from tests.support.certificates import HOST
from tests.support.cluster.layout import JOB_MANAGERS, TASK_MANAGERS, Layout

ZOOKEEPER = "org.apache.flink.shaded.zookeeper3.org.apache.zookeeper.server.quorum.QuorumPeerMain"
LEADER = re.compile(r"^(\S+ \S+) .*DefaultDispatcherRunner was granted leadership", re.MULTILINE)


def processes(layout: Layout) -> list[Process]:
    """Return ZooKeeper, the job managers and the task managers, in start order."""
    return [
        _zookeeper(layout),
        *(_job_manager(layout, number) for number in JOB_MANAGERS),
        *(
            flink_services.task_manager(
                replace(layout.settings, flink_port=layout.port("jobmanager1")),
                number,
                availability(layout),
            )
            for number in TASK_MANAGERS
        ),
    ]


def availability(layout: Layout) -> dict[str, Any]:
    """Return the options that each process of Flink has."""
    return {
        "high-availability.type": "zookeeper",
        "high-availability.zookeeper.quorum": layout.address("zookeeper"),
        "high-availability.storageDir": (layout.folder / "ha").as_uri(),
        # A lost leader has a successor after 10 s instead of Flink's default of 60 s.
        "high-availability.zookeeper.client.session-timeout": "10 s",
    }


def leader(layout: Layout) -> str:
    """Return the name of the job manager that leads: the one that was granted it last."""
    granted: dict[str, str] = {}
    for number in JOB_MANAGERS:
        name = f"jobmanager{number}"
        times = LEADER.findall((layout.folder / "logs" / f"{name}.log").read_text())
        granted[name] = max(times, default="")
    return max(granted, key=lambda name: granted[name])


def busiest_task_manager(settings: Settings) -> str:
    """Return the name of the task manager with the most tasks."""
    managers = cluster_rest.get(settings, "taskmanagers")["taskmanagers"]
    chosen = max(managers, key=lambda each: int(each["slotsNumber"]) - int(each["freeSlots"]))
    return str(chosen["id"])


def _job_manager(layout: Layout, number: int) -> Process:
    name = f"jobmanager{number}"
    return flink_services.job_manager(
        replace(layout.settings, flink_port=layout.port(name)),
        name,
        availability(layout) | {"high-availability.jobmanager.port": layout.port(f"{name}'s RPC")},
    )


def _zookeeper(layout: Layout) -> Process:
    conf = layout.folder / "conf" / "zookeeper"
    return Process(
        name="zookeeper",
        title="ZooKeeper",
        command=java(
            "128m",
            f"-Dlog4j.configurationFile={conf / 'log4j.properties'}",
            "-cp",
            f"{flink_home() / 'lib'}/*",
            ZOOKEEPER,
            str(conf / "zoo.cfg"),
            busy=False,
        ),
        address=layout.address("zookeeper"),
        ports=[Port(layout.port("zookeeper"), "ZooKeeper", "--port")],
        prepare=partial(_prepare, layout, conf),
        healthy=partial(listens, layout.port("zookeeper")),
        base=True,
    )


def _prepare(layout: Layout, conf: Path) -> None:
    conf.mkdir(parents=True, exist_ok=True)
    lines = {
        "dataDir": layout.folder / "zookeeper",
        "clientPort": layout.port("zookeeper"),
        "clientPortAddress": HOST,
        "admin.enableServer": "false",
        "tickTime": 2000,
        "maxClientCnxns": 0,
    }
    (conf / "zoo.cfg").write_text("".join(f"{name}={value}\n" for name, value in lines.items()))
    (conf / "log4j.properties").write_text(
        CONSOLE_LOG.substitute(pattern=log4j.pattern("text", "zookeeper"))
    )


def listens(port: int) -> bool:
    """Return True if a process accepts connections on the port."""
    with socket.socket() as probe:
        return probe.connect_ex((HOST, port)) == 0
