"""The command `users`."""

from pathlib import Path

import click

from connect.errors import UserError
from connect.settings import Settings
from contracts.deployment import kafka_users
from contracts.deployment.acls_command import every_client
from contracts.schemas_option import own_schemas_option


@click.command("users")
@click.argument("folder", type=click.Path(path_type=Path))
@own_schemas_option
def users_command(folder: Path, schemas: Path) -> None:
    """Create a user of Kafka for each client, with a password and the file of its settings.

    FOLDER: of the files inventory-CLIENT.properties, which only their owner may read. A user whose
    file exists keeps the password in it.
    """
    if not folder.is_dir():
        raise UserError(f"{folder}: expected an existing folder for the files of the users.")
    names = dict.fromkeys(client.name for client in every_client(schemas))
    for file in kafka_users.create(Settings.from_environment(), names, folder).values():
        click.echo(f"user      {file.stem}: {file}")
