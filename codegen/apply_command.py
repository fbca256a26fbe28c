"""The command that makes Kafka and the registry agree with the contracts."""

import click

from codegen import apply as applying
from codegen.contract import load_all
from connect import kafka, registry
from connect.settings import Settings


@click.command()
def apply() -> None:
    """Create the topics and register the schemas that Kafka and the registry lack."""
    settings = Settings.from_environment()
    done = 0
    for line in applying.apply(load_all(), kafka.admin(settings), registry.client(settings)):
        click.echo(line)
        done += 1
    if not done:
        click.echo("Topics and subjects agree with the contracts: nothing to do.")
