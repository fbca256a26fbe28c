"""docker-compose.yml fits the Compose specification."""

import json
from pathlib import Path
from typing import Any

import compose_spec
import pytest
import yaml

FILE = Path(__file__).parents[3] / "docker-compose.yml"


def document() -> dict[str, Any]:
    """Return the file with its anchors and merges resolved."""
    return dict(yaml.safe_load(FILE.read_text("utf-8")))


def validated(compose: dict[str, Any]) -> None:
    compose_spec.PyCompose.from_json(json.dumps(compose)).validate()


def test_it_fits_the_compose_specification() -> None:
    validated(document())


@pytest.mark.parametrize(
    "fault", [{"helthcheck": {}}, {"restart": "sometimes"}, {"depends_on": {"kafka": {}}}]
)
def test_a_fault_does_not_fit(fault: dict[str, Any]) -> None:
    compose = document()
    compose["services"]["gate"] |= fault
    with pytest.raises(ValueError, match=r"\S"):
        validated(compose)


def test_services_and_volumes_that_it_names_are_there() -> None:
    compose = document()
    services, volumes = compose["services"], compose["volumes"]
    for service in services.values():
        assert set(service.get("depends_on", {})) <= services.keys()
        names = {volume.partition(":")[0] for volume in service.get("volumes", [])}
        assert names <= volumes.keys()
