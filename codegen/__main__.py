"""python -m codegen generate|check|release|apply"""

import click

from codegen import apply as applying
from codegen import compatibility, generate, release
from codegen.contract import Contract, load_all
from connect import kafka, registry
from connect.errors import Problem
from connect.settings import Settings


@click.group(help="From the contracts in schemas/*.avsc to all that must agree with them.")
def main() -> None:
    pass


@main.command("generate")
@click.option("--check", is_flag=True, help="Write nothing; fail if a file is not current.")
def generate_command(check: bool) -> None:
    """Write the dataclasses and Flink tables."""
    files = generate.render(load_all())
    difference = generate.compare(files) if check else generate.write(files)
    for line in difference.lines():
        click.echo(line)
    if check and difference:
        raise Problem("Generated files are not current: run `make schemas` and commit them.")
    click.echo(f"{len(files)} generated files are current.")


@main.command()
def check() -> None:
    """Check the contracts against every released version, offline."""
    contracts = load_all()
    found = _findings(contracts)
    for line in found:
        click.echo(line)
    if found:
        raise Problem("The contracts are not compatible with what was released.")
    click.echo(f"{len(contracts)} contracts are compatible with every released version.")


def _findings(contracts: list[Contract]) -> list[str]:
    return [
        line
        for contract in contracts
        for line in compatibility.findings(contract, compatibility.released(contract))
    ]


@main.command("release")
def release_command() -> None:
    """Publish changed contracts: check them, then add them to schemas/released/."""
    contracts = load_all()
    found = _findings(contracts)
    if found:
        raise Problem("; ".join(found))
    released = list(release.release(contracts))
    for added in released:
        click.echo(f"released {added}")
    if not released:
        click.echo("Every contract is released as it stands.")


@main.command("apply")
def apply_command() -> None:
    """Create the topics and register the schemas that Kafka and the registry lack."""
    settings = Settings.from_environment()
    done = 0
    for line in applying.apply(load_all(), kafka.admin(settings), registry.client(settings)):
        click.echo(line)
        done += 1
    if not done:
        click.echo("Topics and subjects agree with the contracts: nothing to do.")


if __name__ == "__main__":
    main(prog_name="python -m codegen")
