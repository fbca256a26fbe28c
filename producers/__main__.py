"""python -m producers simulate|replenish|inspect|replay|completejourney"""

import sys
from importlib import import_module
from importlib.abc import MetaPathFinder

import click

COMMANDS = {
    "simulate": "producers.simulator.command",
    "replenish": "producers.replenisher.command",
    "inspect": "producers.replay.inspect_file",
    "replay": "producers.replay.command",
    "completejourney": "producers.replay.command",
}
"""Name of each command, and the module that has it as `<name>_command`."""


class _Commands(click.Group):
    """Imports a command when it is used: simulator and replenisher need no DuckDB, of 80 MB."""

    def list_commands(self, _: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, _: click.Context, name: str) -> click.Command | None:
        if name not in COMMANDS:
            return None
        command: click.Command = getattr(import_module(COMMANDS[name]), f"{name}_command")
        return command


class _WithoutPandas(MetaPathFinder):
    """Hides pandas, which nothing here uses: pyarrow imports it if it can, for 0.3 s and 35 MB."""

    def find_spec(self, name: str, *_: object) -> None:
        if name == "pandas":
            raise ModuleNotFoundError(name)


@click.group(cls=_Commands)
def main() -> None:
    """Send events to Kafka: of a simulated chain, its supplier, or a real export."""


if __name__ == "__main__":
    sys.meta_path.insert(0, _WithoutPandas())
    main(prog_name="python -m producers")
