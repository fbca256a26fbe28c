"""The command `export`."""

from collections.abc import Callable
from pathlib import Path

import click

from codegen.exports import (
    duckdb_tables,
    java_project,
    json_schema,
    odcs,
    postgres,
    typescript_package,
)
from contracts.contract import Contract
from contracts.schemas_option import contracts_in, schemas_option

FORMATS: dict[str, Callable[[list[Contract]], dict[Path, str]]] = {
    "odcs": odcs.files,
    "jsonschema": json_schema.files,
    "java": java_project.files,
    "typescript": typescript_package.files,
    "postgres": postgres.files,
    "duckdb": duckdb_tables.files,
}
"""Name -> function that renders paths below the output folder, with their content."""


@click.command()
@click.option("--format", "form", type=click.Choice(list(FORMATS)), required=True)
@click.option(
    "--out", type=click.Path(path_type=Path), required=True, help="Folder of the files to write."
)
@schemas_option
def export(form: str, out: Path, schemas: Path) -> None:
    """Write the contracts in the format of another language or tool."""
    files = FORMATS[form](contracts_in(schemas))
    for path, text in files.items():
        (out / path).parent.mkdir(parents=True, exist_ok=True)
        (out / path).write_text(text, "utf-8")
    click.echo(f"{len(files)} files are in {out}.")
