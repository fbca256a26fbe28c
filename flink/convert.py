"""python -m flink.convert: convert records between contracts and their successors until stopped."""

from dataclasses import replace

import click
from pyflink.common import JobClient

from connect import cluster_rest, kafka, registry
from connect.errors import UserError
from connect.part_log import LOG, log_of
from connect.settings import Settings
from flink import (
    client_security,
    conversion_topics,
    conversions,
    graph,
    start_error,
    statements,
    udf_jar,
)
from flink.configuration import (
    configuration,
    execution_environment,
    one_java_thread,
    prepare_process,
)
from schemas.generated import SUCCESSIONS

HEAP = "512m"
"""It keeps no state."""


@click.command()
def main() -> None:
    """Convert the records of each contract that stands beside its successor, both ways.

    Goes on where it ended. It is a job of its own: a record that a conversion cannot convert ends
    it, and holds back no level.
    """
    if not SUCCESSIONS:
        raise UserError(
            "No contract stands beside its successor: `python -m contracts evolve NAME` begins one."
        )
    with log_of("convert"):
        settings = Settings.from_environment()
        try:
            _run(settings)
        except start_error.JAVA_ERRORS as error:
            sentence = start_error.sentence(error)
            raise UserError(client_security.without_secrets(sentence, settings)) from None


def _run(settings: Settings) -> None:
    admin = kafka.admin(settings)
    cluster = kafka.cluster_id(admin)
    registry.client(settings)
    name = settings.prefixed(f"{kafka.job_name(cluster)} conversions")
    if settings.flink != "local" and (running := cluster_rest.running(settings, name)):
        LOG.info(f"The cluster at {settings.flink} runs the conversions already.")
        if not cluster_rest.follow(settings, running):
            raise UserError(
                f"The cluster at {settings.flink} has lost the conversions: start them again."
            )
        return
    # Before the JVM starts, which has nothing to do so long.
    conversion_topics.wait_for_topics(settings, admin, SUCCESSIONS)
    prepare_process(replace(settings, job_heap=HEAP), "convert")
    job = _submit(settings, name)
    LOG.info(f"Converting {', '.join(f'{old.TOPIC} <-> {new.TOPIC}' for old, new in SUCCESSIONS)}.")
    job.get_job_execution_result().result()


@one_java_thread()
def _submit(settings: Settings, name: str) -> JobClient:
    # Any port: the page of a local job without state shows little.
    environment = execution_environment(
        configuration(replace(settings, flink_port=0) if settings.flink == "local" else settings)
    )
    tables = graph.open_tables(environment)
    udf_jar.load(settings)
    for definition in statements.conversion_tables(settings):
        tables.execute_sql(definition)
    inserts = tables.create_statement_set()
    for path, insert in conversions.inserts(settings):
        with start_error.planning(path):
            inserts.add_insert_sql(insert)
    inserts.attach_as_datastream()
    return environment.execute_async(name)


if __name__ == "__main__":
    main(prog_name="python -m flink.convert")
