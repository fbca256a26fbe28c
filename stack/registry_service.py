"""The Schema Registry: Apicurio with Confluent's API and file storage."""

from functools import partial
from pathlib import Path

from connect.properties import properties
from connect.secret_files import write_private
from connect.settings import PREFIX, Settings
from stack import class_archives
from stack.artifacts import folder
from stack.health import body, registry_answers
from stack.java import java
from stack.local_secrets import USER_INFO
from stack.process import Port, Process

USERS = "quarkus.security.users.embedded"


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
    if settings.secured:
        options["quarkus.config.locations"] = _security_file(settings)
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
        if settings.registry or settings.secured
        else partial(_healthy, settings.registry_url, f"http://{host}:{management}/health/ready"),
        base=True,
        # It may write its archive of classes.
        stop_seconds=30,
    )


def _prepare(settings: Settings, storage: Path, jar: str) -> None:
    storage.mkdir(parents=True, exist_ok=True)
    if settings.secured:
        file = _security_file(settings)
        file.parent.mkdir(exist_ok=True)
        write_private(file, _security(settings))
    class_archives.prepare(settings.state, "registry", jar)


def _security_file(settings: Settings) -> Path:
    return settings.state / "conf" / "registry.properties"


def _security(settings: Settings) -> str:
    """Return the options of TLS and of the users, whose passwords no process list shows."""
    files = settings.secret_files
    server = files.server
    lines = {
        "quarkus.http.insecure-requests": "disabled",
        "quarkus.http.ssl-port": settings.registry_port,
        "quarkus.http.ssl.certificate.files": server,
        "quarkus.http.ssl.certificate.key-files": server,
        "quarkus.management.ssl.certificate.files": server,
        "quarkus.management.ssl.certificate.key-files": server,
        "quarkus.http.auth.basic": "true",
        "quarkus.http.auth.permission.all.paths": "/*",
        "quarkus.http.auth.permission.all.policy": "authenticated",
        "apicurio.auth.role-based-authorization": "true",
        f"{USERS}.plain-text": "true",
    }
    for file, role in ((files.registry, "sr-admin"), (files.registry_reader, "sr-readonly")):
        client = properties(str(file), f"{PREFIX}REGISTRY_CLIENT")
        user, _, password = client[USER_INFO].partition(":")
        lines |= {f"{USERS}.users.{user}": password, f"{USERS}.roles.{user}": role}
    return "".join(f"{name}={value}\n" for name, value in lines.items())


def _healthy(api: str, readiness: str) -> bool:
    return body(readiness) is not None and body(f"{api}/subjects") is not None
