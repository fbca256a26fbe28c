"""The FlinkDeployment fits the resource definition that the Flink operator publishes."""

from copy import deepcopy
from typing import Any
from zipfile import ZipFile

import jsonschema
import pytest
import yaml

from stack.artifacts import Artifact, cache
from stack.download import download, sha256
from stack.fetch import repositories
from tests.support.kubernetes_manifests import base

pytestmark = pytest.mark.slow
OPERATOR = Artifact(
    group="tests",
    coordinate="org.apache.flink:flink-kubernetes-operator-api:jar:1.10.0",
    sha256="b1f44814e17514fa8395c61b329a3ee9087123a5bda5b21fe1a495d5182c30b6",
    size=190_877,
)
"""The newest one whose definition is in a Maven repository."""
DEFINITION = "META-INF/fabric8/flinkdeployments.flink.apache.org-v1.yml"
SPEC = base()["FlinkDeployment/inventory-flink"]["spec"]


@pytest.fixture(scope="module")
def validator() -> jsonschema.Draft7Validator:
    """Return a validator of the spec, to which fields that the schema lacks are faults."""
    jar = cache() / OPERATOR.path
    if not jar.exists() or sha256(jar) != OPERATOR.sha256:
        download(OPERATOR, repositories(), jar)
    with ZipFile(jar) as archive:
        definition = yaml.load(archive.read(DEFINITION), yaml.CSafeLoader)
    (version,) = definition["spec"]["versions"]
    assert version["name"] == "v1beta1"
    spec = version["schema"]["openAPIV3Schema"]["properties"]["spec"]
    # The list ends at the Flink of the operator's days; only its form is known here.
    assert spec["properties"]["flinkVersion"].pop("enum")[-1] == "v1_20"
    spec["properties"]["flinkVersion"]["pattern"] = "^v[0-9]+_[0-9]+$"
    return jsonschema.Draft7Validator(_strict(spec))


def _strict(schema: Any) -> Any:
    """Return a schema that forbids the fields that it does not describe."""
    if isinstance(schema, list):
        return [_strict(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    strict = {name: _strict(value) for name, value in schema.items()}
    if isinstance(strict.get("properties"), dict):
        strict.setdefault("additionalProperties", False)
    return strict


def test_the_deployment_fits(validator: jsonschema.Draft7Validator) -> None:
    assert [error.message for error in validator.iter_errors(SPEC)] == []


@pytest.mark.parametrize("name", ["flinkVersion", "mode", "podTemplate", "taskManager"])
def test_a_misspelt_or_mistyped_field_does_not_fit(
    validator: jsonschema.Draft7Validator, name: str
) -> None:
    misspelt, mistyped = deepcopy(SPEC), deepcopy(SPEC)
    misspelt[f"{name}s"] = misspelt.pop(name)
    mistyped[name] = 7
    assert not validator.is_valid(misspelt)
    assert not validator.is_valid(mistyped)
