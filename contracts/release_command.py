"""The command that publishes the working contracts."""

import click

from connect.errors import UserError
from contracts import compatibility
from contracts import release as releasing
from contracts.compatibility.check import is_safe
from contracts.contract import load_all


@click.command()
def release() -> None:
    """Publish changed contracts: check them, then add them to schemas/released/ and its log."""
    contracts = load_all()
    harmful = [
        found
        for contract in contracts
        for found in compatibility.findings(contract, compatibility.released(contract))
        if not is_safe([found.finding])
    ]
    if harmful:
        raise UserError("; ".join(str(found) for found in harmful))
    released = releasing.release(contracts)
    for added in released:
        click.echo(f"released {added}")
    if not released:
        click.echo("Every contract is released as it stands.")
