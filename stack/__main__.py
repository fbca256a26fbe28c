"""python -m stack: the local runtime."""

import os
import shutil
import sys
import webbrowser

import click
from rich.console import Console

from connect.errors import UserError
from connect.settings import Settings
from stack import lock, logs, status
from stack.artifacts import GROUPS
from stack.fetch import fetch as fetch_parts
from stack.runtime import Stack
from stack.services import chosen
from stack.up import up as bring_up

KEPT = "artifacts"
"""What `reset` leaves in the state folder: links to the downloads."""

console = Console()


@click.group()
def main() -> None:
    """The local runtime: broker, registry, job, producers and dashboard."""


@main.command()
def up() -> None:
    """Start everything; returns when live inventory can be watched."""
    bring_up(Settings.from_environment(), console)


@main.command()
def down() -> None:
    """Stop everything; state is kept."""
    ended = _stack().stop()
    click.echo(f"Stopped; {ended} processes have ended." if ended else "Nothing runs.")


@main.command("status")
def show_status() -> None:
    """What runs, since when, how large; exit code 1 unless all do."""
    if not status.print_status(_stack(), console):
        sys.exit(1)


@main.command("logs")
@click.argument("part", required=False)
@click.option("-f", "--follow", is_flag=True, help="Go on with new lines until Ctrl-C.")
@click.option("-n", "--lines", default=20, show_default=True, help="Lines of each log.")
def show_logs(part: str | None, follow: bool, lines: int) -> None:
    """The last lines of one part's log, or of every part's."""
    stack = _stack()
    if part is not None and part not in stack.processes:
        raise UserError(f"There is no part {part!r}; parts are: {', '.join(stack.processes)}.")
    folder = stack.settings.state / "logs"
    names = [part] if part else list(stack.processes)
    files = [file for name in names for file in stack.processes[name].log_files(folder)]
    if not files:
        raise UserError(f"There are no logs in {folder}: run `make up`.")
    for file in files:
        click.secho(f"==> {file} <==", bold=True)
        click.echo("\n".join(logs.last_lines(file, lines)))
    if follow:
        for file, line in logs.follow(files):
            click.echo(line if part else f"{file.stem}: {line}")


@main.command()
@click.option("--yes", is_flag=True, help="Do not ask.")
def reset(yes: bool) -> None:
    """Stop everything and delete all state; downloads are kept."""
    stack = _stack()
    state = stack.settings.state
    if not yes:
        question = f"Delete all events, levels, checkpoints and logs in {state}"
        running = " (the stack runs and will be stopped)" if stack.running() else ""
        click.confirm(f"{question}{running}?", abort=True)
    if stack.stop():
        click.echo("Stopped.")
    for entry in state.iterdir() if state.exists() else ():
        if entry.is_dir() and entry.name != KEPT:
            shutil.rmtree(entry)
        elif entry.name != KEPT:
            entry.unlink()
    click.echo(f"Deleted what was in {state}; the Java parts are kept.")


@main.command()
def viz() -> None:
    """Open the dashboard, or print its address where there is no display."""
    dashboard = _stack().processes["dashboard"]
    if not dashboard.healthy():
        raise UserError(f"No dashboard answers at {dashboard.address}: run `make up`.")
    click.echo(dashboard.address)
    if sys.platform == "darwin" or os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"):
        webbrowser.open(dashboard.address)


@main.command()
@click.argument("groups", nargs=-1, type=click.Choice(GROUPS))
def fetch(groups: tuple[str, ...]) -> None:
    """Download and verify the Java parts (by default of every group), and start nothing."""
    settings = Settings.from_environment()
    fetch_parts(settings.state, console, groups or GROUPS)
    click.echo(f"The Java parts are in {settings.state / 'artifacts'}.")


@main.command()
@click.argument("part")
def healthy(part: str) -> None:
    """Exit code 0 if the part does its work, for the health checks of containers."""
    (process,) = chosen(Settings.from_environment(), [part])
    if not process.healthy():
        raise UserError(f"The {process.title} is not well.")


@main.command("lock")
def rewrite_list() -> None:
    """For maintainers: resolve what artifacts.toml asks for and write its checksums again."""
    click.echo(f"{lock.rewrite()} parts are in artifacts.toml.")


def _stack() -> Stack:
    return Stack(Settings.from_environment())


if __name__ == "__main__":
    main(prog_name="python -m stack")
