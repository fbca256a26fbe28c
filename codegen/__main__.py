"""python -m codegen generate|check|compat|release|plan|apply"""

import importlib

import click

COMMANDS = {
    "generate": "codegen.generate_command:generate",
    "check": "codegen.compatibility.command:check",
    "compat": "codegen.compatibility.command:compat",
    "release": "codegen.release_command:release",
    "plan": "codegen.rollout.command:plan_command",
    "apply": "codegen.rollout.command:apply_command",
}
"""Each command's module is imported when it is called: what works offline loads no client."""


class Commands(click.Group):
    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        if cmd_name not in COMMANDS:
            return None
        module, _, name = COMMANDS[cmd_name].partition(":")
        command: click.Command = getattr(importlib.import_module(module), name)
        return command


@click.command(cls=Commands, help="From the contracts in schemas/*.avsc to all that must agree.")
def main() -> None:
    pass


if __name__ == "__main__":
    main(prog_name="python -m codegen")
