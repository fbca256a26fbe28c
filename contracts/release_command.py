"""The command `release`."""

from pathlib import Path

import click

from connect.errors import UserError
from contracts import compatibility
from contracts import release as contract_release
from contracts.compatibility.contract_verdict import judge
from contracts.contract import Contract
from contracts.schemas_option import against_option, own_schemas_option


@click.command()
@click.option("--check", is_flag=True, help="Write nothing; fail if a contract is not released.")
@own_schemas_option
@against_option
def release(check: bool, schemas: Path, against: str | None) -> None:
    """Check the contracts, then add the changed ones to released/ and its change log.

    Nothing is released that `check` refuses.
    """
    verdict, folder = judge(schemas, against, is_first=True), schemas / "released"
    verdict.require_valid()
    harmful = [str(each) for each in verdict.entries if each.harmful]
    if harmful:
        raise UserError(f"{'; '.join(harmful)}. `python -m contracts check` shows the remedies.")
    if check:
        _require_released(verdict.contracts, folder)
        return
    released = contract_release.release(verdict.contracts, folder)
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
