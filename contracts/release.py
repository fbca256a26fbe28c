"""Publish the working contracts: copy what has changed to schemas/released/, and log it."""

from datetime import UTC, date, datetime
from pathlib import Path

from connect.atomic_write import write_atomically
from contracts import changelog, compatibility
from contracts.contract import SCHEMAS, Contract, load


def release(
    contracts: list[Contract], folder: Path = SCHEMAS / "released", today: date | None = None
) -> list[str]:
    """The name of each version that it adds; unchanged contracts add none.

    Interrupted at any moment it leaves whole files, and run again it does the rest.
    """
    added = []
    # All is read before anything is written: an unfit version stops it with nothing done.
    everything = [(contract, compatibility.released(contract, folder)) for contract in contracts]
    for contract, versions in everything:
        if not compatibility.is_released(contract, versions):
            number = changelog.number(versions[-1]) + 1 if versions else 1
            target = folder / contract.stem / f"{number}.avsc"
            write_atomically(target, contract.path.read_bytes())
            added.append(load(target))
    changelog.update(contracts, folder, added, today or datetime.now(UTC).date())
    return [f"{version.path.parent.name} version {version.path.stem}" for version in added]
