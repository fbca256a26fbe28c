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
from connect.settings import Settings
from flink import (
    checkpoints,
    client_security,
    former_rows,
    graph,
    job_watch,
    source_topics,
    start_error,
    statements,
)
from flink.configuration import (
    configuration,
    execution_environment,
    keep_state,
    prepare_process,
)
from flink.gate_limits import wait_for_longer, with_longest_ever
from flink.published_generation import published_generation
from flink.state_signature import state_signature


@click.command()
@click.option("--explain", is_flag=True, help="Print the execution plan and end.")
def main(explain: bool) -> None:
    """Turn events into inventory levels until stopped.

    A local job resumes from its newest checkpoint. A cluster keeps its job running; the job is
    submitted only if the cluster does not run it.
    """
    settings = Settings.from_environment()
    try:
        if explain:
            click.echo(graph.explain(_views(settings)[1], settings))
        else:
            _run(settings)
    except start_error.JAVA_ERRORS as error:
        message = f"{start_error.sentence(error)}\n{_causes(error)}"
        raise UserError(client_security.without_secrets(message, settings)) from None
    except KafkaException as error:
        raise UserError(
            f"Kafka does not answer about the job's topics ({error.args[0].str()}): give this "
            "client the job's permissions in docs/cluster-and-security.md."
        ) from None


def _run(settings: Settings) -> None:
    client = kafka.admin(settings)
    registry.client(settings)
    cluster = kafka.cluster_id(client)
    name = settings.prefixed(kafka.job_name(cluster))
    if settings.flink != "local" and cluster_rest.running(settings, name):
        click.echo(f"The cluster at {settings.flink} runs the job already.")
        job_watch.start(settings, name)
        cluster_rest.follow(settings, name)
        return
    settings = with_longest_ever(settings, cluster)
    environment, tables = _views(settings)
    graph.attach(tables, settings)
    source_topics.fail_on_lost_offsets(environment)
    folder, generation = _resume(settings, client, environment, cluster)
    if settings.flink == "local":
        Thread(target=_end_on_longer_limits, args=(settings,), daemon=True).start()
    if checkpoints.have_former_rows(folder):
        rows = (settings, client, folder, generation)
        Thread(target=_delete_former_rows, args=rows, daemon=True).start()
    job_watch.start(settings, name)
    environment.execute(name)


def _views(settings: Settings) -> tuple[StreamExecutionEnvironment, StreamTableEnvironment]:
    prepare_process(settings)
    environment = execution_environment(configuration(settings))
    tables = graph.open_tables(environment)
    for definition in statements.tables(settings):
        tables.execute_sql(definition)
    graph.create_views(tables, settings)
    return environment, tables


def _resume(
    settings: Settings, client: AdminClient, environment: StreamExecutionEnvironment, cluster: str
) -> tuple[str, int]:
    """Choose the checkpoint to resume from and say which, or why there is none.

    Return the URL of the checkpoints' folder, and the generation of the state.
    """
    topics = source_topics.names(settings)
    parts = checkpoints.origin(
        settings, source_topics.identity(client, topics), state_signature(environment)
    )
    folder = checkpoints.folder(settings, cluster, parts)
    newest = checkpoints.newest(folder)
    published = published_generation(settings, client)
    reason = ""
    if newest is None:
        changed = checkpoints.changes(folder, parts)
        reason = f"its state is of another {', another '.join(changed)}" if changed else ""
    elif lost := source_topics.lost_offsets(settings, client, topics):
        reason = f"records that it has read or would read next are lost in {', '.join(lost)}"
        checkpoints.delete(folder)
    elif checkpoints.is_overtaken(folder, published):
        reason = "readers have newer levels, of other settings or of another folder of checkpoints"
        checkpoints.delete(folder)
    elif checkpoints.is_expired(settings, newest):
        reason = "Kafka may have aborted the transactions of its newest checkpoint"
    if reason or newest is None:
        newest = None
        # What was read before the rebuild does not count: see former_rows.
        source_topics.commit(settings, client, source_topics.first_offsets(client, topics))
        checkpoints.note_former_rows(folder)
        click.echo(f"Starting from the first event{f': {reason}' if reason else ''}.")
    else:
        click.echo(f"Continuing from {newest}.")
    generation = checkpoints.generation(folder, newest is None, published)
    keep_state(environment, folder, newest, generation)
    checkpoints.begin(folder, parts, generation)
    return folder, generation


def _delete_former_rows(
    settings: Settings, client: AdminClient, folder: str, generation: int
) -> None:
    topics = source_topics.names(settings)
    rows = former_rows.delete_after_rebuild(settings, client, topics, generation)
    checkpoints.forget_former_rows(folder)
    if rows:
        click.echo(f"Deleted {rows:,} published rows that only a former state had.")


def _end_on_longer_limits(settings: Settings) -> None:
    wait_for_longer(settings)
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
