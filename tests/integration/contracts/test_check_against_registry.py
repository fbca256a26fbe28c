"""A real registry is a base of `check`."""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests
from click.testing import CliRunner, Result

from contracts.__main__ import main
from contracts.contract_file import SCHEMAS, load
from stack.runtime import Stack

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def registry() -> Iterator[str]:
    """URL of a registry in which every version of one contract is registered, with its mode."""
    with Stack.on_free_ports(["registry"]) as stack:
        url = stack.settings.registry_url
        folder = SCHEMAS / "released" / "transaction"
        for path in sorted(folder.glob("*.avsc"), key=lambda path: int(path.stem)):
            for subject, schema in load(path).subjects.items():
                mode = {"compatibility": "FULL_TRANSITIVE"}
                requests.put(f"{url}/config/{subject}", json=mode, timeout=10)
                registered = requests.post(
                    f"{url}/subjects/{subject}/versions", json={"schema": schema}, timeout=10
                )
                registered.raise_for_status()
        yield url


@pytest.fixture
def schemas(tmp_path: Path) -> Path:
    shutil.copytree(SCHEMAS / "released" / "transaction", tmp_path / "released" / "transaction")
    shutil.copy(SCHEMAS / "transaction.avsc", tmp_path)
    return tmp_path


def check(schemas: Path, url: str) -> Result:
    return CliRunner().invoke(main, ["check", "--schemas", str(schemas), "--against", url])


def test_what_is_registered_is_compatible_without_any_finding(schemas: Path, registry: str) -> None:
    result = check(schemas, registry)
    assert result.output == (
        f"1 contract is compatible with every released version and with {registry}.\n"
    )


def test_a_change_that_breaks_the_registered_versions_is_named(
    schemas: Path, registry: str
) -> None:
    path = schemas / "transaction.avsc"
    document = json.loads(path.read_text("utf-8"))
    document["compatibility"] = "BACKWARD"
    document["fields"] = [each for each in document["fields"] if each["name"] != "line_amount"]
    path.write_text(json.dumps(document), "utf-8")
    # Without its released versions here, only the registry knows the mode and the field.
    shutil.rmtree(schemas / "released")
    shutil.copytree(SCHEMAS / "released" / "product", schemas / "released" / "product")
    shutil.copy(SCHEMAS / "product.avsc", schemas)
    result = check(schemas, registry)
    assert result.exit_code == 1
    assert "breaking default-missing at /fields/line_amount" in result.stdout
    assert "transactions-value version 1 reads records of transaction.avsc" in result.stdout
    assert "level-lowered" in result.stdout


def test_a_registry_without_these_contracts_is_no_base(schemas: Path, registry: str) -> None:
    for stem in ("transaction", "product"):
        shutil.rmtree(schemas / "released" / stem, ignore_errors=True)
    (schemas / "transaction.avsc").unlink()
    shutil.copy(SCHEMAS / "product.avsc", schemas)
    result = check(schemas, registry)
    assert result.exit_code == 2
    assert "it has no version of these contracts" in result.stderr
