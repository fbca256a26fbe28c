"""Command that writes the generated files, or checks that they are current."""

from pathlib import Path

import click

from codegen import generate as generating
from connect.errors import UserError
from contracts.contract_file import SCHEMAS
from contracts.schemas_option import contracts_in, own_schemas_option


@click.command()
@click.option("--check", is_flag=True, help="Write nothing; fail if a file is not current.")
@own_schemas_option
def generate(check: bool, schemas: Path) -> None:
    """Write the files that follow from the contracts.

    In this project: dataclasses, Flink tables, data dictionary, AsyncAPI document. For contracts
    elsewhere: their dataclasses, as a package in the folder generated/ beside them.
    """
    contracts = contracts_in(schemas)
    if schemas.resolve() == SCHEMAS:
        files, root, owned = generating.render(contracts), generating.ROOT, generating.OWNED
    else:
        files, root, owned = generating.elsewhere(contracts, schemas)
    difference = (
        generating.compare(files, root, owned) if check else generating.write(files, root, owned)
    )
    for line in difference.lines(written=not check):
        click.echo(line)
    if check and difference:
        raise UserError(
            "Generated files are not current: run the command without --check, then commit them."
        )
    click.echo(f"{len(files)} generated files are current.")
