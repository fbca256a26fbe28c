"""The command `acls`, and the options with which `plan` and `apply` have the ACLs, too."""

from pathlib import Path

import click

from connect.errors import UserError
from connect.settings import Settings
from contracts.contract_file import SCHEMAS, load_all
from contracts.deployment.acls import DEFAULT_PRINCIPAL, acls, command_lines
from contracts.deployment.kafka_clients import KafkaClient, clients
from contracts.deployment.steps import CreateAcl
from contracts.readers import consumers
from contracts.readers.consumers import suggestion
from contracts.schemas_option import own_schemas_option

TEMPLATE = "Principal of a client, with {part} for its name and {prefix} for INVENTORY_PREFIX."
acls_option = click.option(
    "--acls",
    "principal",
    is_flag=False,
    flag_value=DEFAULT_PRINCIPAL,
    metavar="[TEMPLATE]",
    help=f"Create the ACLs of every client, too. {TEMPLATE}",
)


@click.command("acls")
@click.argument("names", metavar="[CLIENT]...", nargs=-1)
@click.option(
    "--principal", default=DEFAULT_PRINCIPAL, show_default=True, metavar="TEMPLATE", help=TEMPLATE
)
@click.option(
    "--command-config", default="", metavar="FILE", help="Client settings for kafka-acls."
)
@own_schemas_option
def acls_command(
    names: tuple[str, ...], principal: str, command_config: str, schemas: Path
) -> None:
    """Print the commands of Kafka that give each client exactly what it needs.

    CLIENT: such as gate, job or views; default: all. Declared consumers of other teams have the
    name of the team.
    """
    settings = Settings.from_environment()
    chosen = _chosen(every_client(schemas), names)
    entries = acls(chosen, load_all(schemas), settings, principal)
    for line in command_lines(entries, settings.kafka_servers, command_config):
        click.echo(line)


def every_client(schemas: Path) -> list[KafkaClient]:
    """Return the clients of a folder of contracts, with its declared consumers."""
    folder = schemas.resolve()
    declared = [consumers.load(path, None) for path in consumers.files(folder.parent)]
    return clients(declared, of_pipeline=folder == SCHEMAS.resolve())


def every_acl(schemas: Path, principal: str | None) -> tuple[CreateAcl, ...]:
    """Return what all clients of a folder of contracts need.

    Nothing without a principal, unless the local stack is secured: its parts have their users.
    """
    settings = Settings.from_environment()
    if principal is None and settings.administers_users:
        principal = DEFAULT_PRINCIPAL
    if principal is None:
        return ()
    return tuple(acls(every_client(schemas), load_all(schemas), settings, principal))


def _chosen(every: list[KafkaClient], names: tuple[str, ...]) -> list[KafkaClient]:
    """Return the clients of these names, or all. Raises UserError for an unknown name."""
    known = dict.fromkeys(client.name for client in every)
    for name in names:
        if name not in known:
            raise UserError(f"{name}: expected one of {', '.join(known)}{suggestion(name, known)}.")
    return [client for client in every if not names or client.name in names]
