"""python -m flink.job: run the job here, or submit it to the cluster that the settings name."""

import click

from connect import kafka, registry
from connect.settings import Settings
from flink import checkpoints, cluster, graph, statements
from flink.configuration import (
    JOB_NAME,
    configuration,
    execution_environment,
    keep_state,
    prepare_process,
)
from flink.state_signature import shape


@click.command()
@click.option("--explain", is_flag=True, help="Print the execution plan and end.")
def main(explain: bool) -> None:
    """Turn events into inventory levels until stopped.

    Locally the job continues from its newest checkpoint; a cluster keeps its own job running,
    and is only given one that it does not run yet.
    """
    settings = Settings.from_environment()
    if not explain:
        kafka.admin(settings)
        registry.client(settings)
        if settings.flink != "local" and cluster.running(settings):
            click.echo(f"The cluster at {settings.flink} runs the job already.")
            cluster.follow(settings)
            return
    prepare_process(settings)
    environment = execution_environment(configuration(settings))
    tables = graph.open_tables(environment)
    for definition in statements.tables(settings):
        tables.execute_sql(definition)
    graph.create_views(tables, settings)
    if explain:
        click.echo(graph.explain(tables, settings))
        return
    for inserts in graph.writes(tables, settings):
        inserts.attach_as_datastream()
    folder = checkpoints.folder(settings, shape(environment))
    newest = checkpoints.newest(folder)
    keep_state(environment, folder, newest)
    click.echo(f"Continuing from {newest}." if newest else "Starting from the first event.")
    environment.execute(JOB_NAME)


if __name__ == "__main__":
    main(prog_name="python -m flink.job")
