"""A standalone Flink cluster from PyFlink's jars: one job manager and its task managers."""

from collections.abc import Mapping
from functools import partial
from types import MappingProxyType
from typing import Any

from connect import log4j
from connect.flink_distribution import flink_home, module_flags
from connect.settings import PREFIX, Settings
from stack.health import document, task_managers
from stack.java import CONSOLE_LOG, java
from stack.process import Port, Process

JOB_MANAGER = "org.apache.flink.runtime.entrypoint.StandaloneSessionClusterEntrypoint"
TASK_MANAGER = "org.apache.flink.runtime.taskexecutor.TaskManagerRunner"

TASK_HEAP = 1024
"""Megabytes of a task manager's heap for rows and, with "hashmap", keyed state."""

MEMORY_SHARES = {
    "framework.heap.size": 128,
    "task.heap.size": TASK_HEAP,
    "framework.off-heap.size": 128,
    "task.off-heap.size": 0,
    "network.min": 96,
    "network.max": 96,
    "managed.size": 128,
    "jvm-metaspace.size": 256,
    "jvm-overhead.min": 192,
    "jvm-overhead.max": 192,
}
"""taskmanager.memory.* in megabytes; Flink's scripts, which are not used, would compute them."""
DIRECT = 128 + 96
"""Megabytes outside the heap: framework and network."""
NO_OPTIONS: Mapping[str, Any] = MappingProxyType({})


def job_manager(
    settings: Settings, name: str = "jobmanager", options: Mapping[str, Any] = NO_OPTIONS
) -> Process:
    """Return a job manager; options: further ones of its configuration."""
    rest, rpc = settings.flink_port, settings.flink_port + 1
    return Process(
        name=name,
        title="Flink job manager",
        command=_java(settings, name, "768m", JOB_MANAGER),
        address=f"http://{settings.host}:{rest}",
        ports=[
            Port(rest, "Flink", f"{PREFIX}FLINK_PORT"),
            Port(rpc, "Flink's job manager, the port after Flink's", f"{PREFIX}FLINK_PORT"),
        ],
        prepare=partial(_prepare, settings, name, options),
        healthy=lambda: document(f"http://{settings.host}:{rest}/overview") is not None,
        base=True,
    )


def task_manager(
    settings: Settings, number: int, options: Mapping[str, Any] = NO_OPTIONS
) -> Process:
    """Task manager `number`, counted from 1; healthy once `number` have registered.

    options: further ones of its configuration.
    """
    name = f"taskmanager{number}"
    heap = MEMORY_SHARES["framework.heap.size"] + TASK_HEAP
    memory = [f"-XX:MaxDirectMemorySize={DIRECT}m", "-XX:MaxMetaspaceSize=256m"]
    address = f"{settings.host}:{settings.flink_port}"
    return Process(
        name=name,
        title=f"Flink task manager {number}",
        command=_java(settings, name, f"{heap}m", *memory, TASK_MANAGER),
        prepare=partial(
            _prepare,
            settings,
            name,
            {
                "taskmanager.resource-id": name,
                "taskmanager.host": settings.host,
                "taskmanager.bind-host": settings.host,
                "taskmanager.numberOfTaskSlots": settings.job_parallelism,
                "taskmanager.cpu.cores": float(settings.job_parallelism),
                **{
                    f"taskmanager.memory.{share}": f"{size}m"
                    for share, size in MEMORY_SHARES.items()
                },
                **options,
            },
        ),
        healthy=lambda: task_managers(address) >= number,
        base=True,
    )


def _java(settings: Settings, name: str, heap: str, *arguments: str) -> list[str]:
    *options, main = arguments
    conf = settings.state / "conf" / name
    return java(
        heap,
        *options,
        *module_flags(),
        f"-Dlog4j.configurationFile={conf / 'log4j.properties'}",
        "-cp",
        f"{flink_home() / 'lib'}/*",
        main,
        "--configDir",
        str(conf),
    )


def _prepare(settings: Settings, name: str, own: Mapping[str, Any]) -> None:
    conf = settings.state / "conf" / name
    conf.mkdir(parents=True, exist_ok=True)
    (settings.state / "tmp").mkdir(exist_ok=True)
    options = {
        "jobmanager.rpc.address": settings.host,
        "jobmanager.rpc.port": settings.flink_port + 1,
        "jobmanager.bind-host": settings.host,
        "rest.address": settings.host,
        "rest.bind-address": settings.host,
        "rest.port": settings.flink_port,
        "web.submit.enable": "false",
        "web.cancel.enable": "false",
        "web.access-control-allow-origin": f"http://{settings.host}:{settings.flink_port}",
        "io.tmp.dirs": str(settings.state / "tmp"),
        "execution.checkpointing.dir": settings.checkpoint_url,
        # Of the cluster, which ignores the job's: the newest may be damaged by a power cut.
        "execution.checkpointing.num-retained": 3,
        # Detects a killed task manager after 10 s instead of Flink's default of 50 s.
        "heartbeat.interval": "2 s",
        "heartbeat.timeout": "10 s",
        **own,
    }
    (conf / "config.yaml").write_text(
        "".join(f'{option}: "{value}"\n' for option, value in options.items())
    )
    (conf / "log4j.properties").write_text(
        CONSOLE_LOG.substitute(pattern=log4j.pattern(settings.log_format, name))
    )
