"""The option --schemas of the commands: the folder of the contracts."""

from pathlib import Path

import click

from contracts.contract import Contract
from contracts.contract_file import SCHEMAS, load_all
from contracts.errors import NoContractsError

IN_TREE = (SCHEMAS.parent / "flink").is_dir()
"""False for an installed package, which has no contracts of its own to check or deploy: the ones
in it are for reading."""
HELP = "Folder of the contracts, with released/ in it."

own_schemas_option = click.option(
    "--schemas",
    type=click.Path(path_type=Path),
    help=HELP,
    **({"default": SCHEMAS} if IN_TREE else {"required": True}),
)
"""For commands that check, release or deploy contracts."""
schemas_option = click.option(
    "--schemas", type=click.Path(path_type=Path), default=SCHEMAS, help=HELP
)
"""For commands that show contracts: those of the package, if no others are named."""


def contracts_in(schemas: Path) -> list[Contract]:
    """Load the contracts of a folder. Raises NoContractsError if there are none."""
    contracts = load_all(schemas)
    if not contracts:
        raise NoContractsError(schemas)
    return contracts
