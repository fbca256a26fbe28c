"""The command `release`."""

import click

from connect.errors import UserError
from contracts import compatibility
from contracts import release as contract_release
from contracts.compatibility.schema_check import is_safe
from contracts.contract_file import load_all


@click.command()
def release() -> None:
    """Check the contracts, then add the changed ones to schemas/released/ and its change log."""
    contracts = load_all()
    harmful = [
        finding
        for contract in contracts
        for finding in compatibility.findings(contract, compatibility.released(contract))
        if not is_safe([finding.finding])
    ]
    if harmful:
        raise UserError("; ".join(str(finding) for finding in harmful))
    released = contract_release.release(contracts)
    for added in released:
        click.echo(f"released {added}")
    if not released:
        click.echo("No contract has changed since its newest release.")
