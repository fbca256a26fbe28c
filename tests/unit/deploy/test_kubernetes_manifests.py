"""deploy/kubernetes fits the published schemas, the settings, the commands and the versions."""

import re
from copy import deepcopy
from pathlib import Path
from typing import Any

import kubernetes_validate
import pytest

from connect import log4j
from connect.metrics import status_port
from connect.settings import PREFIX, Settings
from contracts.contract_file import load_all
from contracts.deployment.desired import desired_state
from contracts.deployment.environment_topics import load, with_environment
from contracts.deployment.kafka_clients import clients
from stack.services import processes
from tests.support.kubernetes_manifests import BASE, SECRETS, base, pod_specs, rendered

VERSIONS = ("1.30", "1.34", kubernetes_validate.latest_version())
"""Versions of Kubernetes that the manifests are for."""
MANIFESTS = base()
CORE = [name for name in MANIFESTS if not name.startswith("FlinkDeployment/")]
PODS = pod_specs(MANIFESTS)
FILES = ("kafka.properties", "registry.properties", "ca.pem")


@pytest.fixture(scope="module")
def example(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Any]]:
    try:
        return rendered(tmp_path_factory.mktemp("kubernetes"))
    except FileNotFoundError:
        pytest.skip("there is no kubectl to render the example")


def container(name: str) -> dict[str, Any]:
    (only,) = PODS[name]["containers"]
    return dict(only)


def validated(manifest: dict[str, Any], version: str) -> None:
    kubernetes_validate.validate(manifest, version, strict=True)


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("name", CORE)
def test_a_manifest_fits_the_schema_of_kubernetes(name: str, version: str) -> None:
    validated(MANIFESTS[name], version)


def test_flink_logs_as_the_parts_do() -> None:
    flink = MANIFESTS["FlinkDeployment/inventory-flink"]["spec"]["logConfiguration"]
    pattern = log4j.pattern("json", "flink")
    assert f"layout.pattern = {pattern}\n" in flink["log4j-console.properties"]
    document = Path("docs/cluster-and-security.md").read_text("utf-8")
    assert f"layout.pattern = {pattern}\n" in document


def test_a_misspelt_field_does_not_fit() -> None:
    misspelt = deepcopy(MANIFESTS["Deployment/inventory-views"])
    pod = misspelt["spec"]["template"]["spec"]
    pod["enableServiceLink"] = pod.pop("enableServiceLinks")
    with pytest.raises(kubernetes_validate.ValidationError):
        validated(misspelt, VERSIONS[-1])


def test_the_rendered_example_fits_too_and_names_only_what_it_has(
    example: dict[str, dict[str, Any]],
) -> None:
    assert len(example) > len(MANIFESTS)
    for name, manifest in example.items():
        assert manifest["metadata"]["namespace"] == "inventory"
        if not name.startswith("FlinkDeployment/"):
            validated(manifest, VERSIONS[-1])
    references = [at for each in pod_specs(example).values() for at in _references(each)]
    assert len(references) > 10
    assert set(references) <= example.keys()


def _references(pod: dict[str, Any]) -> list[str]:
    """Return the objects that a pod needs, by kind/name."""
    names = []
    for volume in pod.get("volumes", []):
        names += [f"Secret/{volume['secret']['secretName']}"] if "secret" in volume else []
        names += [f"ConfigMap/{volume['configMap']['name']}"] if "configMap" in volume else []
        if claim := volume.get("persistentVolumeClaim"):
            names.append(f"PersistentVolumeClaim/{claim['claimName']}")
    for each in pod["containers"]:
        names += [f"ConfigMap/{source['configMapRef']['name']}" for source in each["envFrom"]]
        for variable in each.get("env", []):
            if key := variable.get("valueFrom", {}).get("secretKeyRef"):
                names.append(f"Secret/{key['name']}")
    return names


def test_the_settings_of_the_example_are_settings(example: dict[str, dict[str, Any]]) -> None:
    (name,) = (each for each in example if each.startswith("ConfigMap/inventory-settings"))
    settings = Settings.from_environment(example[name]["data"])
    assert settings.kafka_client == "/secrets/kafka.properties"
    assert settings.flink_address == "inventory-flink-rest:8081"
    assert settings.prefix == "test."


def test_no_variable_of_a_service_is_taken_for_a_setting() -> None:
    """Kubernetes names them by the services, which begin as the settings do."""
    assert all(pod["enableServiceLinks"] is False for pod in PODS.values())


@pytest.mark.parametrize("name", sorted(PODS))
def test_a_variable_of_a_container_is_a_setting_and_no_password(name: str) -> None:
    known = Settings().environment()
    for variable in container(name).get("env", []):
        assert variable["name"] in known or not variable["name"].startswith(PREFIX)
        assert variable["name"] != "PGPASSWORD" or "secretKeyRef" in variable["valueFrom"]


@pytest.mark.parametrize("name", ["gate", "job", "views", "dashboard"])
def test_a_part_has_the_command_of_make_up(name: str) -> None:
    command = processes(Settings())[name].command
    assert container(f"inventory-{name}")["command"][:3] == ["python", *command[1:]]


def test_each_gate_has_a_name_that_stays() -> None:
    assert "StatefulSet/inventory-gate" in MANIFESTS
    assert container("inventory-gate")["command"][3:] == ["--name=$(POD_NAME)"]


@pytest.mark.parametrize("name", sorted(PODS))
def test_a_part_has_its_own_principal_of_kafka(
    name: str, example: dict[str, dict[str, Any]]
) -> None:
    (secret,) = (each["secret"] for each in PODS[name]["volumes"] if each["name"] == "secrets")
    client = secret["secretName"].removeprefix("inventory-")
    assert client in {each.name for each in clients()}
    assert secret["defaultMode"] == 0o440
    (data,) = (
        manifest["data"]
        for each, manifest in example.items()
        if each.startswith(f"Secret/{secret['secretName']}-")
    )
    assert sorted(data) == sorted(FILES)
    assert f"{client}.properties" in SECRETS


@pytest.mark.parametrize("name", sorted(PODS))
def test_a_part_runs_without_rights_and_with_limited_memory(name: str) -> None:
    pod, only = PODS[name], container(name)
    assert pod["securityContext"]["runAsNonRoot"] is True
    assert pod["automountServiceAccountToken"] is False
    assert only["securityContext"]["allowPrivilegeEscalation"] is False
    assert only["securityContext"]["capabilities"] == {"drop": ["ALL"]}
    assert only["resources"]["requests"].keys() == {"cpu", "memory"}
    assert "memory" in only["resources"]["limits"]


def test_every_pod_is_closed_to_all_but_what_a_policy_names() -> None:
    closed = MANIFESTS["NetworkPolicy/inventory-closed"]["spec"]
    assert "ingress" not in closed
    selected = closed["podSelector"]["matchLabels"].items()
    templates = [m["spec"].get("template") or m["spec"].get("podTemplate")
                 for m in MANIFESTS.values() if "spec" in m]  # fmt: skip
    labels = [each["metadata"]["labels"] for each in templates if each]
    assert len(labels) == len(PODS) + 1
    assert all(selected <= each.items() for each in labels)


def test_no_dashboard_is_open_by_default() -> None:
    settings = (BASE / "settings.env").read_text("utf-8")
    assert f"{PREFIX}DASHBOARD_ACCESS" not in settings


@pytest.mark.parametrize("part", ["gate", "job", "views", "dashboard"])
def test_a_part_is_probed_and_scraped_at_its_status_port(
    part: str, example: dict[str, dict[str, Any]]
) -> None:
    (name,) = (each for each in example if each.startswith("ConfigMap/inventory-settings"))
    settings = Settings.from_environment(example[name]["data"])
    only = container(f"inventory-{part}")
    ports = {each["name"]: each["containerPort"] for each in only["ports"]}
    assert ports["status"] == status_port(settings.status_port, part)
    probes = {name: only[f"{name}Probe"]["httpGet"] for name in ("liveness", "readiness")}
    assert probes == {
        "liveness": {"path": "/livez", "port": "status"},
        "readiness": {"path": "/readyz", "port": "status"},
    }


def test_flink_is_the_version_of_the_lock() -> None:
    spec = MANIFESTS["FlinkDeployment/inventory-flink"]["spec"]
    lock = (BASE.parents[2] / "requirements.txt").read_text("utf-8")
    (version,) = re.findall(r"^apache-flink==(\S+)", lock, re.MULTILINE)
    assert spec["image"].startswith(f"flink:{version}-java")
    major, minor, _ = version.split(".")
    assert spec["flinkVersion"] == f"v{major}_{minor}"


def test_the_file_of_topics_fits_the_contracts() -> None:
    file = BASE / "topics.toml"
    desired = desired_state(load_all(), has_gate=True)
    topics = with_environment(desired, load(file), file, "").topics
    assert {topic.replication for topic in topics.values()} == {3}


def test_no_password_is_in_the_repository() -> None:
    folder = Path(__file__).parents[3] / "deploy" / "kubernetes" / "example" / "secrets"
    assert (folder / ".gitignore").read_text("utf-8").splitlines()[1:] == ["*", "!.gitignore"]
