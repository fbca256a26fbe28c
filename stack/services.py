"""Every process there is, and which of them `make up` runs."""

from connect.errors import UserError
from connect.settings import Settings
from stack import cluster, python_services
from stack.broker import broker
from stack.process import Port, Process
from stack.registry import registry

TASK_MANAGERS = 2


def processes(settings: Settings) -> dict[str, Process]:
    """All processes by name, in the order in which they start."""
    managers = [cluster.task_manager(settings, n + 1) for n in range(TASK_MANAGERS)]
    every = [
        # Its JVM can start while the broker's storage is being formatted.
        registry(settings),
        broker(settings),
        cluster.job_manager(settings),
        *managers,
        python_services.gate(settings),
        python_services.job(settings),
        python_services.dashboard(settings),
        python_services.simulator(),
        python_services.replenisher(),
    ]
    return {process.name: process for process in every}


def local(settings: Settings) -> list[str]:
    """Names of what `make up` runs: all but the cluster, and but what a setting leaves out."""
    left_out = {
        "kafka": settings.kafka,
        "registry": settings.registry,
        "gate": settings.gate == "off",
    }
    names = ["registry", "kafka", "gate", "job", "dashboard", "simulate", "replenish"]
    return [name for name in names if not left_out.get(name)]


def chosen(settings: Settings, names: list[str]) -> list[Process]:
    """The named processes. Raises UserError for a name that there is not."""
    known = processes(settings)
    for name in names:
        if name not in known:
            raise UserError(f"There is no part {name!r}; parts are: {', '.join(known)}.")
    return [known[name] for name in known if name in names]


def ports(settings: Settings, names: list[str]) -> list[Port]:
    return [port for process in chosen(settings, names) for port in process.ports]
