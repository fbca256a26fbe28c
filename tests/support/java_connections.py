"""python -m tests.support.java_connections FOLDER: connect Java's clients to servers of its own.

A process of its own, as its JVM reads the token of Flink and the addresses of tokens at its start.
Prints a line for each connection: "<name>: <answer>", or its innermost error.
"""

import sys
from collections.abc import Callable, Collection
from contextlib import ExitStack
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from pyflink.java_gateway import get_gateway
from pyflink.util.java_utils import add_jars_to_context_class_loader

from connect.settings import Settings
from flink import client_security
from flink.configuration import configuration, jars, prepare_process
from tests.support.certificates import HOST, Certificate
from tests.support.flink_rest import FlinkRest
from tests.support.http_server import Answer, HttpServer, Request
from tests.support.token_endpoint import CLIENT, SECRET, TokenEndpoint

TOKEN = "t0ken"
KAFKA = "org.apache.flink.kafka.shaded.org.apache.kafka.clients.admin.AdminClient"
FORMAT = "org.apache.flink.formats.avro.registry.confluent.RegistryAvroFormatFactory"
REGISTRY = (
    "org.apache.flink.avro.registry.confluent.shaded.io.confluent.kafka.schemaregistry.client."
    "CachedSchemaRegistryClient"
)


def no_subjects(request: Request, tokens: Collection[str]) -> Answer:
    """Answer as a registry without subjects, for clients with one of the tokens."""
    token = (request.headers["Authorization"] or "").removeprefix("Bearer ")
    return (200, []) if token in tokens else (401, {"error_code": 401, "message": "No."})


def _lines(file: Path, **lines: str) -> str:
    """Write a file of client settings, and return its path; __ in a name stands for a point."""
    settings = {name.replace("__", "."): value for name, value in lines.items()}
    file.write_text("\n".join(f"{name} = {value}" for name, value in settings.items()), "utf-8")
    return str(file)


def main(folder: Path) -> None:
    for name in ("server", "client"):
        (folder / name).mkdir()
    server, own = Certificate(folder / "server"), Certificate(folder / "client")
    with ExitStack() as servers:
        tokens = servers.enter_context(TokenEndpoint(server))
        registry_tokens = servers.enter_context(TokenEndpoint())
        issued = registry_tokens.token()
        registry_tokens.token = lambda: issued  # type: ignore[method-assign]
        rest = servers.enter_context(FlinkRest(server, clients=own, token=TOKEN))
        rest.answers["GET /v1/jobs/overview"] = (200, {"jobs": []})
        answer = partial(no_subjects, tokens={TOKEN, issued})
        registry = servers.enter_context(HttpServer(answer, partial(server.secure, clients=own)))
        tls = {
            "ssl__ca__location": str(server.authority),
            "ssl__certificate__location": str(own.certificate),
            "ssl__key__location": str(own.key),
        }
        settings = replace(
            rest.settings,
            registry=registry.url,
            flink_client=_lines(folder / "flink", bearer__auth__token=TOKEN, **tls),
            registry_client=_lines(folder / "registry", bearer__auth__token=TOKEN, **tls),
            kafka_client=_lines(
                folder / "kafka",
                security__protocol="SASL_PLAINTEXT",
                sasl__mechanism="OAUTHBEARER",
                sasl__oauthbearer__method="oidc",
                sasl__oauthbearer__client__id=CLIENT,
                sasl__oauthbearer__client__secret=SECRET,
                sasl__oauthbearer__token__endpoint__url=f"{tokens.url}/token",
                https__ca__location=str(server.authority),
            ),
        )
        prepare_process(settings)
        add_jars_to_context_class_loader(jars(settings).split(";"))
        _show("Flink", lambda: _jobs(settings))
        _show("Kafka", lambda: _log_in(settings, tokens))
        _show("registry", lambda: _subjects(settings))
        oauth = _lines(
            folder / "oauth",
            bearer__auth__client__id=CLIENT,
            bearer__auth__client__secret=SECRET,
            bearer__auth__issuer__endpoint__url=f"{registry_tokens.url}/token",
            **tls,
        )
        _show("registry by OAuth", lambda: _subjects(replace(settings, registry_client=oauth)))


def _show(name: str, connect: Callable[[], object]) -> None:
    try:
        answer = str(connect())
    except Exception as error:  # noqa: BLE001 - of Java
        causes = [line for line in str(error).splitlines() if not line.startswith("\t")]
        answer = causes[-1]
    print(f"{name}: {answer}", flush=True)


def _jobs(settings: Settings) -> object:
    """Return the jobs, by the client with which Flink submits one."""
    rest = get_gateway().jvm.org.apache.flink.client.program.rest.RestClusterClient
    return rest(configuration(settings)._j_configuration, "standalone").listJobs().get()


def _log_in(settings: Settings, tokens: TokenEndpoint) -> object:
    """Open a client, which logs in before it connects; return the requests of a token."""
    properties = get_gateway().jvm.java.util.Properties()
    for name, value in client_security.kafka_options(settings).items():
        properties.put(name, value)
    properties.put("bootstrap.servers", f"{HOST}:1")
    (create,) = [
        each
        for each in _loaded(KAFKA).getMethods()
        if each.getName() == "create" and each.getParameterTypes()[0].getName().endswith("ties")
    ]
    create.invoke(None, _array(properties))
    return tokens.requests["/token"]


def _subjects(settings: Settings) -> object:
    """Return the subjects of the registry, by the client of the tables' format."""
    java = get_gateway().jvm
    options = java.java.util.HashMap()
    for name, value in client_security.registry_options(settings).items():
        options.put(name, value)
    given = _array(java.org.apache.flink.configuration.Configuration.fromMap(options))
    (read,) = [
        each
        for each in _loaded(FORMAT).getDeclaredMethods()
        if each.getName() == "buildOptionalPropertiesMap"
    ]
    (opened,) = [
        each
        for each in _loaded(REGISTRY).getConstructors()
        if [of.getSimpleName() for of in each.getParameterTypes()] == ["String", "int", "Map"]
    ]
    client = opened.newInstance(_array(settings.registry, 10, read.invoke(None, given)))
    return client.getAllSubjects()


def _loaded(name: str) -> Any:
    java = get_gateway().jvm.java.lang
    loader = java.Thread.currentThread().getContextClassLoader()
    return java.Class.forName(name, True, loader)


def _array(*values: object) -> Any:
    gateway = get_gateway()
    array = gateway.new_array(gateway.jvm.java.lang.Object, len(values))
    for number, value in enumerate(values):
        array[number] = value
    return array


if __name__ == "__main__":
    main(Path(sys.argv[1]))
