"""The options --schemas and --against of the commands: the contracts, and the base of a check."""

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
against_option = click.option(
    "--against",
    metavar="REF",
    help="Also compare with the released versions of a git ref, such as origin/main, of another "
    "folder like --schemas, or of the registry with this URL. Default: HEAD, if git is there.",
)
"""For commands that compare contracts with a base."""


def contracts_in(schemas: Path) -> list[Contract]:
    """Load the contracts of a folder. Raises NoContractsError if there are none."""
    contracts = load_all(schemas)
    if not contracts:
        raise NoContractsError(schemas)
    return contracts
