"""python -m producers inspect: the kind of a file, a proposed mapping, and its events."""

from pathlib import Path

import click

from connect.errors import UserError
from connect.settings import Settings
from producers.replay.dry_run import dry_run
from producers.replay.mapping_proposal import propose_mapping
from producers.replay.replay import Export

PATH = click.Path(path_type=Path)


@click.command("inspect")
@click.argument("file", type=PATH)
@click.option("--save", type=PATH, help="New file for the proposed mapping.")
@click.option("--time-zone", help="Zone of times without an offset. [default: the setting]")
def inspect_command(file: Path, save: Path | None, time_zone: str | None) -> None:
    """Propose a mapping for FILE, and show the events that it would become."""
    inspect(Settings.from_environment(), file, save, time_zone)


def inspect(settings: Settings, file: Path, save: Path | None, zone: str | None) -> None:
    """Print a proposal for a file, and save its mapping. Raises UserError.

    save: file for the mapping, which must not exist; zone: of times without an
    offset; None: that of the settings.
    """
    proposal = propose_mapping(file, save or file.with_suffix(".toml"), zone or settings.time_zone)
    click.echo(f"{proposal.form}; {proposal.title or 'an export of no known layout'}.\n")
    click.echo(proposal.text)
    for assumption in proposal.assumptions:
        click.echo(f"Check: {assumption}.")
    if save:
        _save(save, proposal.text)
        click.echo(f"The mapping is saved as {save}.")
    dry_run(settings, Export(file=file, mapping=proposal.mapping, rejects=file))


def _save(path: Path, text: str) -> None:
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(text)
    except OSError as error:
        raise UserError(
            f"{path} cannot be written ({error.strerror}): name another file with --save."
        ) from None
