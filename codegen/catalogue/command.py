"""The command `catalogue`."""

from pathlib import Path

import click

from codegen.catalogue import site
from contracts import data_flow
from contracts.contract_file import SCHEMAS
from contracts.readers import consumers
from contracts.schemas_option import contracts_in, schemas_option


@click.command()
@click.option(
    "--out", type=click.Path(path_type=Path), required=True, help="Folder of the pages to write."
)
@schemas_option
def catalogue(out: Path, schemas: Path) -> None:
    """Write the contracts as web pages: fields, limits, versions, examples, readers."""
    contracts = contracts_in(schemas)
    stems = [contract.stem for contract in contracts]
    paths = consumers.files(schemas.resolve().parent)
    declared = [consumers.load(path, stems) for path in paths]
    if schemas.resolve() == SCHEMAS:
        pages = site.files(contracts, data_flow.writers, data_flow.readers, declared)
    else:  # the services of this project read none of them
        pages = site.files(contracts, lambda _: [], lambda _: [], declared)
    out.mkdir(parents=True, exist_ok=True)
    for path, text in pages.items():
        (out / path).write_text(text, "utf-8")
    click.echo(f"{len(pages)} pages: open {out / 'index.html'}.")
