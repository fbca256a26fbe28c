"""The command `release`."""

from pathlib import Path

import click

from connect.errors import UserError
from contracts import compatibility
from contracts import release as contract_release
from contracts.compatibility import waivers
from contracts.contract import Contract
from contracts.schemas_option import contracts_in, own_schemas_option


@click.command()
@click.option("--check", is_flag=True, help="Write nothing; fail if a contract is not released.")
@own_schemas_option
def release(check: bool, schemas: Path) -> None:
    """Check the contracts, then add the changed ones to released/ and its change log."""
    contracts, folder = contracts_in(schemas), schemas / "released"
    findings = [
        finding
        for contract in contracts
        for finding in compatibility.findings(contract, compatibility.released(contract, folder))
    ]
    harmful = waivers.load(schemas).harmful(findings + compatibility.withdrawn(contracts, folder))
    if harmful:
        raise UserError("; ".join(str(finding) for finding in harmful))
    if check:
        _require_released(contracts, folder)
        return
    released = contract_release.release(contracts, folder)
    for added in released:
        click.echo(f"released {added}")
    if not released:
        click.echo("No contract has changed since its newest release.")


def _require_released(contracts: list[Contract], folder: Path) -> None:
    changed = [
        contract.path.name
        for contract in contracts
        if not compatibility.is_released(contract, compatibility.released(contract, folder))
    ]
    if changed:
        raise UserError(
            f"Changed since the newest release: {', '.join(changed)}. Run "
            "`python -m contracts release`, then commit the folder released/."
        )
    click.echo("Every contract is released.")
