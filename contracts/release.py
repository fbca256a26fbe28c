"""Release the contracts: copy each changed one to schemas/released/ and log it."""

from datetime import UTC, date, datetime
from pathlib import Path

from connect.atomic_write import write_atomically
from contracts import changelog, compatibility
from contracts.contract import Contract
from contracts.contract_file import SCHEMAS, load_released


def release(
    contracts: list[Contract], folder: Path = SCHEMAS / "released", today: date | None = None
) -> list[str]:
    """Release every changed contract; return the names of the versions added.

    An interruption leaves no partial file; run it again to complete the release.
    """
    added = []
    # Read all files before the first write: an invalid one then changes nothing.
    changelog.text(folder)
    contract_versions = [
        (contract, compatibility.released(contract, folder)) for contract in contracts
    ]
    for contract, versions in contract_versions:
        if not compatibility.is_released(contract, versions):
            number = changelog.number(versions[-1]) + 1 if versions else 1
            target = folder / contract.stem / f"{number}.avsc"
            write_atomically(target, contract.path.read_bytes())
            added.append(load_released(target))
    changelog.update(contracts, folder, added, today or datetime.now(UTC).date())
    return [f"{version.path.parent.name} version {version.path.stem}" for version in added]
