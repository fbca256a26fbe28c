"""python -m flink.job: run the job locally, or submit it to a Flink cluster."""

import os
import signal
from threading import Thread

import click
from confluent_kafka import KafkaException
from confluent_kafka.admin import AdminClient
from pyflink.datastream import StreamExecutionEnvironment
from pyflink.table import StreamTableEnvironment

from connect import cluster_rest, kafka, registry
from connect.errors import UserError
from connect.part_status import PartStatus, served
from connect.settings import Settings
from flink import (
    checkpoints,
    client_security,
    former_rows,
    gate_limits,
    graph,
    job_watch,
    source_topics,
    start_error,
    statements,
)
from flink.configuration import configuration, execution_environment, prepare_process
from flink.job_report import JobReport
from flink.resume import resume


@click.command()
@click.option("--explain", is_flag=True, help="Print the execution plan and end.")
def main(explain: bool) -> None:
    """Turn events into inventory levels until stopped.

    A local job resumes from its newest checkpoint. A cluster keeps its job running; the job is
    submitted only if the cluster does not run it.
    """
    settings = Settings.from_environment()
    statements.require_files()
    try:
        if explain:
            click.echo(graph.explain(_views(settings)[1], settings))
        else:
            with served(settings, "job") as status:
                _run(settings, status)
    except start_error.JAVA_ERRORS as error:
        message = f"{start_error.sentence(error)}\n{_causes(error)}"
        raise UserError(client_security.without_secrets(message, settings)) from None
    except KafkaException as error:
        raise UserError(
            f"Kafka does not answer about the job's topics ({error.args[0].str()}): give this "
            "client the job's permissions in docs/cluster-and-security.md."
        ) from None


def _run(settings: Settings, status: PartStatus) -> None:
    client = kafka.admin(settings)
    registry.client(settings)
    cluster = kafka.cluster_id(client)
    name = settings.prefixed(kafka.job_name(cluster))
    report = JobReport(settings, name, status)
    if settings.flink != "local" and cluster_rest.running(settings, name):
        click.echo(f"The cluster at {settings.flink} runs the job already.")
        status.report = report
        job_watch.start(settings, name, report.note)
        cluster_rest.follow(settings, name)
        return
    settings = gate_limits.with_longest_ever(settings, cluster)
    environment, tables = _views(settings)
    graph.attach(tables, settings)
    source_topics.fail_on_lost_offsets(environment)
    folder, generation = resume(settings, client, environment, cluster)
    if settings.flink == "local":
        Thread(target=_end_on_longer_limits, args=(settings,), daemon=True).start()
    if checkpoints.have_former_rows(folder):
        rows = (settings, client, folder, generation)
        Thread(target=_delete_former_rows, args=rows, daemon=True).start()
    status.report = report
    job_watch.start(settings, name, report.note)
    environment.execute(name)


def _views(settings: Settings) -> tuple[StreamExecutionEnvironment, StreamTableEnvironment]:
    prepare_process(settings)
    environment = execution_environment(configuration(settings))
    tables = graph.open_tables(environment)
    for definition in statements.tables(settings):
        tables.execute_sql(definition)
    graph.create_views(tables, settings)
    return environment, tables


def _delete_former_rows(
    settings: Settings, client: AdminClient, folder: str, generation: int
) -> None:
    topics = source_topics.names(settings)
    rows = former_rows.delete_after_rebuild(settings, client, topics, generation)
    checkpoints.forget_former_rows(folder)
    if rows:
        click.echo(f"Deleted {rows:,} published rows that this state does not have.")


def _end_on_longer_limits(settings: Settings) -> None:
    gate_limits.wait_for_longer(settings)
    click.echo(
        "The gate has applied a longer limit than this job keeps its state for: the job ends and, "
        "started again, keeps it for that long."
    )
    os.kill(os.getpid(), signal.SIGTERM)


def _causes(error: Exception) -> str:
    """Return the messages of a Java error and its causes, without the stack traces."""
    lines = str(error).splitlines()
    return "\n".join(line for line in lines if not line.lstrip().startswith(("at ", "... ")))


if __name__ == "__main__":
    main(prog_name="python -m flink.job")
