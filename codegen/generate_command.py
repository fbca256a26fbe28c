"""Command that writes the generated files, or checks that they are current."""

import click

from codegen import generate as generating
from connect.errors import UserError
from contracts.contract_file import load_all


@click.command()
@click.option("--check", is_flag=True, help="Write nothing; fail if a file is not current.")
def generate(check: bool) -> None:
    """Write the dataclasses, the Flink tables, the data dictionary and the AsyncAPI document."""
    files = generating.render(load_all())
    difference = generating.compare(files) if check else generating.write(files)
    for line in difference.lines():
        click.echo(line)
    if check and difference:
        raise UserError("Generated files are not current: run `make schemas` and commit them.")
    click.echo(f"{len(files)} generated files are current.")
