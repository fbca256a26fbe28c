"""The manifests of deploy/kubernetes: those of the base as files, and the example as rendered."""

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

DEPLOY = Path(__file__).parents[2] / "deploy" / "kubernetes"
BASE = DEPLOY / "base"
Manifest = dict[str, Any]
SECRETS = {
    **{
        f"{name}.properties": "ssl.ca.location = /secrets/ca.pem"
        for name in ("apply", "gate", "job", "views", "dashboard", "registry")
    },
    "ca.pem": "-----BEGIN CERTIFICATE-----",
    "database-password": "secret",
    "login.toml": "[auth]",
}
"""The files of example/secrets, which are in no repository."""


def base() -> dict[str, Manifest]:
    """Return the manifests of the base by kind/name, as their files have them."""
    (kustomization,) = _documents(BASE / "kustomization.yaml")
    files = [BASE / name for name in kustomization["resources"]]
    return _by_name(each for file in files for each in _documents(file))


def rendered(folder: Path) -> dict[str, Manifest]:
    """Return what `kubectl kustomize` makes of the example in an empty folder, by kind/name.

    Raises FileNotFoundError without kubectl.
    """
    shutil.copytree(DEPLOY, folder, dirs_exist_ok=True)
    for name, text in SECRETS.items():
        (folder / "example" / "secrets" / name).write_text(text)
    command = ["kubectl", "kustomize", str(folder / "example")]
    output = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    return _by_name(yaml.safe_load_all(output))


def pod_specs(manifests: dict[str, Manifest]) -> dict[str, Manifest]:
    """Return the spec of each workload's pods, by the workload's name."""
    return {
        manifest["metadata"]["name"]: manifest["spec"]["template"]["spec"]
        for manifest in manifests.values()
        if "template" in manifest.get("spec", {})
    }


def _documents(file: Path) -> list[Manifest]:
    return list(yaml.safe_load_all(file.read_text("utf-8")))


def _by_name(documents: Iterator[Manifest]) -> dict[str, Manifest]:
    return {f"{each['kind']}/{each['metadata']['name']}": each for each in documents}
