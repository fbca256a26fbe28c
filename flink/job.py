"""python -m flink.job: run the job locally, or submit it to a Flink cluster."""

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from threading import Thread

import click
from confluent_kafka import KafkaException
from pyflink.datastream import StreamExecutionEnvironment
from pyflink.table import StreamTableEnvironment

from connect import cluster_rest, kafka, registry
from connect.errors import UserError
from connect.kafka import Admin
from connect.part_log import LOG, log_of
from connect.part_status import PartStatus, served
from connect.settings import Settings
from flink import (
    checkpoints,
    client_security,
    former_rows,
    gate_limits,
    graph,
    job_watch,
    overtaken,
    prerequisites,
    rebuild,
    running_settings,
    source_topics,
    start_error,
    statements,
)
from flink.configuration import (
    configuration,
    execution_environment,
    one_java_thread,
    prepare_process,
)
from flink.job_report import JobReport
from flink.resume import resume

LIMITS = "limits of the gate"
"""Name of the thread that watches them."""


@click.command()
@click.option("--explain", is_flag=True, help="Print the execution plan and end.")
@click.option(
    "--allow-rebuild",
    is_flag=True,
    help="On a cluster, start from the first event if no state is usable.",
)
def main(explain: bool, allow_rebuild: bool) -> None:
    """Turn events into inventory levels until stopped.

    The job resumes from its newest checkpoint or savepoint. A cluster keeps it running: the job is
    submitted if the cluster does not run it, and again if the cluster has lost it.
    """
    if explain:
        settings = _prepared()
        with _java_errors(settings):
            click.echo(graph.explain(_views(settings)[1], settings))
        return
    with log_of("job"):
        settings = _prepared()
        with _java_errors(settings), served(settings, "job") as status:
            _run(settings, status, allow_rebuild)


def _prepared() -> Settings:
    settings = Settings.from_environment()
    statements.require_files()
    prepare_process(settings)
    return settings


@contextmanager
def _java_errors(settings: Settings) -> Iterator[None]:
    """Raise UserError for an error of Java or Kafka's client."""
    try:
        yield
    except start_error.JAVA_ERRORS as error:
        message = f"{start_error.sentence(error)}\n{_causes(error)}"
        raise UserError(client_security.without_secrets(message, settings)) from None
    except KafkaException as error:
        raise UserError(
            f"Kafka does not answer about the job's topics and group ({error.args[0].name()} "
            f"{error.args[0].str()}): check that its brokers are healthy, and that this client has "
            "the job's permissions in docs/permissions.md."
        ) from None


def _run(settings: Settings, status: PartStatus, allow_rebuild: bool) -> None:
    client = kafka.admin(settings)
    registry.client(settings)
    cluster = kafka.cluster_id(client)
    name = settings.prefixed(kafka.job_name(cluster))
    report = JobReport(settings, name, status)
    if settings.flink == "local":
        # One machine keeps its events beside its state: `make up` is to work after any change, and
        # reads them again within minutes. Readers keep the published levels until then.
        with one_java_thread():
            environment = _planned(settings, client, cluster, may_rebuild=True)
            local = environment.execute_async(name)
        status.report = report
        job_watch.start(settings, name, report.note)
        local.get_job_execution_result().result()
        return
    job = cluster_rest.running(settings, name)
    if job:
        _name_differences(settings, client, cluster, job)
    status.report = report
    job_watch.start(settings, name, report.note)
    while True:
        if job is None:
            with one_java_thread():
                job = _submit(_planned(settings, client, cluster, allow_rebuild), name)
            allow_rebuild = False  # of this start; a job that is lost has a checkpoint
        of_job = (settings, client, cluster, job)
        Thread(target=_name_longer_limits, name=LIMITS, args=of_job, daemon=True).start()
        if cluster_rest.follow(settings, job):
            LOG.info(f"The job has ended on the cluster at {settings.flink}.")
            return
        LOG.warning(f"The cluster at {settings.flink} has lost the job.")
        job = cluster_rest.running(settings, name)


def _name_differences(settings: Settings, client: Admin, cluster: str, job: str) -> None:
    """Log the settings that the running job does not have, and what they take."""
    running = running_settings.of_job(settings, job)
    limits = gate_limits.with_longest_limits(settings)
    different = list(running_settings.differences(running, limits))
    LOG.info(
        f"The cluster at {settings.flink} runs the job already"
        f"{', with other settings than these:' if different else '.'}"
    )
    for name, before, chosen in different:
        LOG.info(f"  {name}: {before} in the job, {chosen} here")
    if any(each.needs_rebuild for each in different):
        cost = rebuild.cost(settings, client, checkpoints.cluster_folder(settings, cluster))
        LOG.info(
            f"They take a rebuild of {cost}: stop the job by `python -m flink stop`, then run "
            "`python -m flink.job --allow-rebuild`."
        )
    elif different:
        LOG.info(
            "They take a restart from a savepoint: run `python -m flink stop`, then the command "
            "that it prints."
        )


def _name_longer_limits(settings: Settings, client: Admin, cluster: str, job: str) -> None:
    """Log when the gate has applied a longer limit than a job keeps its state for.

    A person decides on the rebuild that it takes.
    """
    with suppress(UserError, KafkaException):  # the job is lost, or Kafka
        gate_limits.wait_for_longer(running_settings.as_started(settings, job))
        LOG.warning(
            "The gate has applied a longer limit than the job keeps its state for: until the job "
            "has rebuilt it, repeats may count twice, and late counts miss movements."
        )
        _name_differences(settings, client, cluster, job)


def _planned(
    settings: Settings, client: Admin, cluster: str, may_rebuild: bool
) -> StreamExecutionEnvironment:
    """Return the job, with the state that it resumes from."""
    prerequisites.require(settings, client)
    settings = gate_limits.with_longest_ever(settings, cluster)
    environment, tables = _views(settings)
    graph.attach(tables, settings)
    source_topics.fail_on_lost_offsets(environment)
    folder, generation = resume(settings, client, environment, cluster, may_rebuild)
    if settings.flink == "local":
        Thread(target=_end_on_longer_limits, args=(settings,), daemon=True).start()
    state = (settings, client, folder, generation)
    Thread(target=overtaken.watch, args=(settings, folder, generation), daemon=True).start()
    if checkpoints.have_former_rows(folder):
        Thread(target=_delete_former_rows, args=state, daemon=True).start()
    return environment


def _submit(environment: StreamExecutionEnvironment, name: str) -> str:
    """Submit the job to the cluster; return its id."""
    return str(environment.execute_async(name).get_job_id())


def _views(settings: Settings) -> tuple[StreamExecutionEnvironment, StreamTableEnvironment]:
    environment = execution_environment(configuration(settings))
    tables = graph.open_tables(environment)
    for definition in statements.tables(settings):
        tables.execute_sql(definition)
    graph.create_views(tables, settings)
    return environment, tables


def _delete_former_rows(settings: Settings, client: Admin, folder: str, generation: int) -> None:
    begun = checkpoints.former_rows_noted(folder)
    topics = source_topics.names(settings)
    rows = former_rows.delete_after_rebuild(settings, client, topics, generation)
    checkpoints.forget_former_rows(folder)
    if rows:
        LOG.info(f"Deleted {rows:,} published rows that this state does not have.")
    rebuild.note_speed(settings, client, folder.rpartition("/")[0], begun)


def _end_on_longer_limits(settings: Settings) -> None:
    gate_limits.wait_for_longer(settings)
    LOG.info(
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
