"""python -m contracts COMMAND; see COMMANDS."""

import errno
import importlib
from typing import NoReturn

import click

from connect.errors import UserError

COMMANDS = {
    "check": "contracts.compatibility.command:check",
    "compat": "contracts.compatibility.command:compat",
    "plan": "contracts.deployment.command:plan_command",
    "apply": "contracts.deployment.command:apply_command",
    "acls": "contracts.deployment.acls_command:acls_command",
    "users": "contracts.deployment.users_command:users_command",
    "release": "contracts.release_command:release",
    "new": "contracts.new_command:new",
    "evolve": "contracts.evolution.command:evolve",
    "impact": "contracts.readers.impact_command:impact",
    "generate": "codegen.generate_command:generate",
    "export": "codegen.exports.command:export",
    "catalogue": "codegen.catalogue.command:catalogue",
}
"""Each command's module is imported when it is called, so that offline commands load no client."""
NEEDS_CLIENT = "This needs Kafka's client: pip install 'inventory-contracts[deploy]'."


class Commands(click.Group):
    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        if cmd_name not in COMMANDS:
            return None
        module, _, name = COMMANDS[cmd_name].partition(":")
        try:
            command: click.Command = getattr(importlib.import_module(module), name)
        except ModuleNotFoundError as error:
            _require_missing_client(error)
            any_options = {"ignore_unknown_options": True, "allow_extra_args": True}
            return click.Command(
                cmd_name, any_options, callback=_refuse_without_client, help=NEEDS_CLIENT
            )
        return command

    def invoke(self, ctx: click.Context) -> object:
        try:
            return super().invoke(ctx)
        except ModuleNotFoundError as error:
            _require_missing_client(error)
            _refuse_without_client()
        except OSError as error:
            file = error.filename2 or error.filename
            if file is None or error.errno == errno.EPIPE:
                raise
            raise UserError(f"{file} cannot be read or written: {error.strerror}.") from None


def _require_missing_client(error: ModuleNotFoundError) -> None:
    """Raise the error unless it is that Kafka's client is not installed."""
    if error.name is None or not error.name.startswith("confluent_kafka"):
        raise error


def _refuse_without_client() -> NoReturn:
    raise UserError(NEEDS_CLIENT) from None


@click.command(cls=Commands, help="Check, release, deploy, evolve and show contracts.")
def main() -> None:
    pass


if __name__ == "__main__":
    main(prog_name="python -m contracts")
