"""python -m flink.job: run the job locally, or submit it to a Flink cluster."""

import click

from connect import kafka, registry
from connect.settings import Settings
from flink import checkpoints, cluster_rest, graph, statements
from flink.configuration import (
    JOB_NAME,
    configuration,
    execution_environment,
    keep_state,
    prepare_process,
)
from flink.state_signature import state_signature


@click.command()
@click.option("--explain", is_flag=True, help="Print the execution plan and end.")
def main(explain: bool) -> None:
    """Turn events into inventory levels until stopped.

    A local job resumes from its newest checkpoint. A cluster keeps its job running; the job is
    submitted only if the cluster does not run it.
    """
    settings = Settings.from_environment()
    if not explain:
        kafka.admin(settings)
        registry.client(settings)
        if settings.flink != "local" and cluster_rest.running(settings):
            click.echo(f"The cluster at {settings.flink} runs the job already.")
            cluster_rest.follow(settings)
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
    for inserts in graph.statement_sets(tables, settings):
        inserts.attach_as_datastream()
    folder = checkpoints.folder(settings, state_signature(environment))
    newest = checkpoints.newest(folder)
    keep_state(environment, folder, newest)
    click.echo(f"Continuing from {newest}." if newest else "Starting from the first event.")
    environment.execute(JOB_NAME)


if __name__ == "__main__":
    main(prog_name="python -m flink.job")
