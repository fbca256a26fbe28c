"""python -m tests.support.cluster [up | down]: a cluster to try docs/operations/cluster.md on."""

from pathlib import Path

import click

from tests.support.cluster.layout import Layout
from tests.support.cluster.running_cluster import Cluster

FOLDER, FIRST_PORT = Path(".inventory/cluster"), 19090


@click.group()
@click.option("--folder", type=Path, default=FOLDER, show_default=True, help="Of all its state.")
@click.option("--port", default=FIRST_PORT, show_default=True, help="The first of its ports.")
@click.pass_context
def main(context: click.Context, folder: Path, port: int) -> None:
    """Three brokers, a registry and Flink, with passwords, TLS, ACLs and high availability."""
    context.obj = Cluster(Layout(folder.resolve(), port))


@main.command()
@click.pass_obj
def up(cluster: Cluster) -> None:
    """Start the cluster; return when all of it answers."""
    cluster.__enter__()
    click.echo(f"The cluster runs. Its settings and users: {cluster.layout.chain}")


@main.command()
@click.pass_obj
def down(cluster: Cluster) -> None:
    """Stop the cluster; keep its state."""
    click.echo(f"{cluster.stop()} processes have ended.")


if __name__ == "__main__":
    main(prog_name="python -m tests.support.cluster")
