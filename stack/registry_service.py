"""The Schema Registry: Apicurio with Confluent's API and file storage."""

from functools import partial
from pathlib import Path

from connect.settings import PREFIX, Settings
from stack import class_archives
from stack.artifacts import folder
from stack.health import body, registry_answers
from stack.java import java
from stack.process import Port, Process


def registry(settings: Settings) -> Process:
    host, port, management = settings.host, settings.registry_port, settings.registry_port + 1
    storage = settings.state / "registry"
    jar = str(folder(settings.state, "registry") / "quarkus-run.jar")
    options = {
        "quarkus.http.host": host,
        "quarkus.http.port": port,
        "quarkus.management.host": host,
        "quarkus.management.port": management,
        "quarkus.banner.enabled": "false",
        # Without WRITE_DELAY=0, a crash loses the registrations of the last 0.5 s.
        "apicurio.datasource.url": f"jdbc:h2:file:{storage / 'registry'};WRITE_DELAY=0",
    }
    return Process(
        name="registry",
        title="Schema Registry",
        command=java(
            "512m",
            class_archives.option(settings.state, "registry"),
            *(f"-D{name}={value}" for name, value in options.items()),
            "-jar",
            jar,
            busy=False,
        ),
        address=settings.registry_url,
        ports=[
            Port(port, "the Schema Registry", f"{PREFIX}REGISTRY_PORT"),
            Port(
                management,
                "the registry's health, the port after the registry's",
                f"{PREFIX}REGISTRY_PORT",
            ),
        ],
        prepare=partial(_prepare, settings, storage, jar),
        healthy=partial(registry_answers, settings)
        if settings.registry
        else partial(_healthy, settings.registry_url, f"http://{host}:{management}/health/ready"),
        base=True,
        # It may write its archive of classes.
        stop_seconds=30,
    )


def _prepare(settings: Settings, storage: Path, jar: str) -> None:
    storage.mkdir(parents=True, exist_ok=True)
    class_archives.prepare(settings.state, "registry", jar)


def _healthy(api: str, readiness: str) -> bool:
    return body(readiness) is not None and body(f"{api}/subjects") is not None
