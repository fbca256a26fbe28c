"""All services, and those that `make up` runs."""

from connect.errors import UserError
from connect.settings import Settings
from schemas.generated import SUCCESSIONS
from stack import flink_services, python_services
from stack.broker import broker
from stack.process import Port, Process
from stack.registry_service import registry

TASK_MANAGERS = 2
SIMULATED = ("simulate", "replenish")
"""Services that make up events."""


def processes(settings: Settings) -> dict[str, Process]:
    """All services by name, in start order."""
    managers = [flink_services.task_manager(settings, n + 1) for n in range(TASK_MANAGERS)]
    every = [
        # First: its JVM starts while the broker's storage is formatted.
        registry(settings),
        broker(settings),
        flink_services.job_manager(settings),
        *managers,
        python_services.gate(settings),
        python_services.job(settings),
        python_services.converter(settings),
        python_services.read_model(settings),
        python_services.dashboard(settings),
        python_services.simulator(settings),
        python_services.replenisher(settings),
        python_services.alerts(settings),
    ]
    return {process.name: process for process in every}


def local(settings: Settings) -> list[str]:
    """Names of the services of `make up`.

    No Flink cluster, no service that a setting replaces or ends, a converter if there is something
    to convert, and alerts if a file says where they go.
    """
    replaced = {
        "kafka": settings.kafka,
        "registry": settings.registry,
        "gate": settings.gate == "off",
        "convert": not SUCCESSIONS,
        "alerts": not settings.alerts,
    } | dict.fromkeys(SIMULATED, settings.simulation == "off")
    pipeline = ["registry", "kafka", "gate", "job", "convert", "views", "dashboard"]
    names = [*pipeline, *SIMULATED, "alerts"]
    return [name for name in names if not replaced.get(name)]


def chosen(settings: Settings, names: list[str]) -> list[Process]:
    """The named services. Raises UserError for an unknown name."""
    known = processes(settings)
    for name in names:
        if name not in known:
            raise UserError(f"There is no service {name!r}; services are: {', '.join(known)}.")
    return [known[name] for name in known if name in names]


def ports(settings: Settings, names: list[str]) -> list[Port]:
    return [port for process in chosen(settings, names) for port in process.ports]
