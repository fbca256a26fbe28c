"""python -m contracts check|compat|plan|apply|release"""

import importlib

import click

COMMANDS = {
    "check": "contracts.compatibility.command:check",
    "compat": "contracts.compatibility.command:compat",
    "plan": "contracts.deployment.command:plan_command",
    "apply": "contracts.deployment.command:apply_command",
    "release": "contracts.release_command:release",
}
"""Each command's module is imported when it is called, so that offline commands load no client."""


class Commands(click.Group):
    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        if cmd_name not in COMMANDS:
            return None
        module, _, name = COMMANDS[cmd_name].partition(":")
        command: click.Command = getattr(importlib.import_module(module), name)
        return command


@click.command(cls=Commands, help="Check, plan, apply and release the contracts in schemas/*.avsc.")
def main() -> None:
    pass


if __name__ == "__main__":
    main(prog_name="python -m contracts")
