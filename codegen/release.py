"""Publish the working contracts: copy what has changed to schemas/released/."""

import shutil
from collections.abc import Iterator
from pathlib import Path

from codegen import compatibility
from codegen.contract import SCHEMAS, Contract


def release(contracts: list[Contract], folder: Path = SCHEMAS / "released") -> Iterator[str]:
    """Yields the name of each version that it adds; unchanged contracts add none."""
    for contract in contracts:
        versions = compatibility.released(contract, folder)
        if not compatibility.is_released(contract, versions):
            target = folder / contract.stem / f"{len(versions) + 1}.avsc"
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(contract.path, target)
            yield f"{contract.stem} version {len(versions) + 1}"
