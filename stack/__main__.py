"""python -m stack: the local runtime."""

import os
import shutil
import sys
import webbrowser

import click
from rich.console import Console

from connect.errors import UserError
from connect.safe_text import for_terminal
from connect.settings import PREFIX, Settings
from stack import lock, logs, status
from stack.artifacts import GROUPS
from stack.fetch import fetch as fetch_artifacts
from stack.runtime import Stack
from stack.services import chosen
from stack.up import start_base
from stack.up import up as bring_up

KEPT = "artifacts"
"""The folder that `reset` keeps: links to the downloads."""

ONE_MACHINE = {f"{PREFIX}CHECKPOINT_SECONDS": "10", f"{PREFIX}STATUS_PORT": "9410"}
"""Settings of `make up`, unless the environment sets them. Pages know how far the job is by its
checkpoints: with rare ones they would call it behind for a minute after each start."""
SIMULATED = {f"{PREFIX}DAY_SECONDS": "10"}
"""The same with a simulated chain, which sells many days' worth in one day."""

LINE = 200
"""Characters of a line of the status where no terminal says how wide it is, as in a pipe."""

console = Console()


@click.group()
def main() -> None:
    """The local runtime: broker, registry, job, producers and dashboard."""


@main.command()
def up() -> None:
    """Start all services; return when the dashboard shows live inventory."""
    bring_up(_settings_of_up(), console)


@main.command()
def base() -> None:
    """Start broker and registry only, for a restore; `up` then starts the rest."""
    start_base(_settings_of_up(), console)


@main.command()
@click.argument("service")
def restart(service: str) -> None:
    """Restart one service of the running stack, as after a change of its code or contracts."""
    stack = Stack(_settings_of_up())
    stack.restart(service)
    click.echo(f"The {stack.processes[service].title} was restarted.")


@main.command()
def down() -> None:
    """Stop all services; keep the state."""
    ended = _stack().stop()
    click.echo(f"Stopped; {ended} processes have ended." if ended else "Nothing runs.")


@main.command("status")
def show_status() -> None:
    """Show state, uptime and memory of each service; exit code 1 unless all run."""
    shown = console if console.is_terminal else Console(width=LINE)
    if not status.print_status(Stack(_settings_of_up()), shown):
        sys.exit(1)


@main.command("logs")
@click.argument("service", required=False)
@click.option("-f", "--follow", is_flag=True, help="Print new lines until Ctrl-C.")
@click.option("-n", "--lines", default=20, show_default=True, help="Lines of each log.")
def show_logs(service: str | None, follow: bool, lines: int) -> None:
    """Print the last log lines of one service, or of all services."""
    stack = _stack()
    if service is not None and service not in stack.processes:
        raise UserError(
            f"There is no service {service!r}; services are: {', '.join(stack.processes)}."
        )
    folder = stack.settings.state / "logs"
    names = [service] if service else list(stack.processes)
    files = [file for name in names for file in stack.processes[name].log_files(folder)]
    if not files:
        raise UserError(f"There are no logs in {folder}: run `make up`.")
    for file in files:
        click.secho(f"==> {file} <==", bold=True)
        click.echo(for_terminal("\n".join(logs.last_lines(file, lines))))
    if follow:
        for file, line in logs.follow(files):
            click.echo(for_terminal(line if service else f"{file.stem}: {line}"))


@main.command()
@click.option("--yes", is_flag=True, help="Skip the confirmation.")
def reset(yes: bool) -> None:
    """Stop all services and delete all state; keep the downloads."""
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
    click.echo(f"Deleted the contents of {state}; the Java artifacts are kept.")


@main.command()
def viz() -> None:
    """Print the address of the dashboard and open it if there is a display."""
    dashboard = _stack().processes["dashboard"]
    if not dashboard.healthy():
        raise UserError(f"The dashboard does not answer at {dashboard.address}: run `make up`.")
    click.echo(dashboard.address)
    settings = Settings.from_environment()
    if settings.secured:
        click.echo(f"Its password is in {settings.secret_files.dashboard_password}.")
    if sys.platform == "darwin" or os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"):
        webbrowser.open(dashboard.address)


@main.command()
@click.argument("groups", nargs=-1, type=click.Choice(GROUPS))
def fetch(groups: tuple[str, ...]) -> None:
    """Download and verify the Java artifacts (by default of every group), and start nothing."""
    settings = Settings.from_environment()
    fetch_artifacts(settings.state, console, groups or GROUPS)
    click.echo(f"The Java artifacts are in {settings.state / 'artifacts'}.")


@main.command()
@click.argument("service")
def healthy(service: str) -> None:
    """Exit with code 0 if the service is healthy; for the health checks of containers."""
    (process,) = chosen(Settings.from_environment(), [service])
    if not process.healthy():
        raise UserError(f"The {process.title} is not healthy.")


@main.command("lock")
def rewrite_list() -> None:
    """For maintainers: resolve [requested] of artifacts.toml and rewrite its checksums."""
    click.echo(f"{lock.rewrite()} artifacts are in artifacts.toml.")


def _settings_of_up() -> Settings:
    settings = Settings.from_environment(ONE_MACHINE | os.environ)
    if settings.simulation == "on":
        return Settings.from_environment(ONE_MACHINE | SIMULATED | os.environ)
    return settings


def _stack() -> Stack:
    return Stack(Settings.from_environment())


if __name__ == "__main__":
    main(prog_name="python -m stack")
