"""python -m flink: savepoints of the job on a cluster. `python -m flink.job` runs the job."""

import click
from confluent_kafka import KafkaException

from connect import cluster_rest, kafka
from connect.errors import UserError
from connect.settings import PREFIX, Settings
from flink import running_settings, savepoints
from flink.configuration import prepare_process
from flink.resume_from import NAME

JOB = ".venv/bin/python -m flink.job"
PARALLELISM = f"{PREFIX}PARALLELISM"
STOPPED = "The job has stopped. Start it from the savepoint by"


@click.group()
def main() -> None:
    """Stop, rescale or save the job on a Flink cluster.

    `python -m flink.job` starts it.
    """


@main.command()
def savepoint() -> None:
    """Take a savepoint of the running job."""
    settings = Settings.from_environment()
    url = savepoints.take(settings, *_running(settings))
    _print(url, "The job goes on. To start it from the savepoint, stop it, and run")


@main.command()
def stop() -> None:
    """Stop the job with a savepoint, such as for an upgrade."""
    settings = Settings.from_environment()
    _print(savepoints.take(settings, *_running(settings), stop=True), STOPPED)


@main.command()
@click.argument("parallelism", type=click.IntRange(min=1))
def rescale(parallelism: int) -> None:
    """Stop the job with a savepoint, to start it with another parallelism."""
    settings = Settings.from_environment()
    cluster, job = _running(settings)
    free = cluster_rest.get(settings, "overview")["slots-available"]
    slots = free + int(running_settings.of_job(settings, job).get(PARALLELISM, 0))
    if slots < parallelism:
        raise UserError(
            f"The cluster at {settings.flink} has {slots} slots for the job, which needs "
            f"{parallelism}: add task managers. The job goes on as it is."
        )
    url = savepoints.take(settings, cluster, job, stop=True)
    _print(url, STOPPED, f"{PARALLELISM}={parallelism} ")


def _running(settings: Settings) -> tuple[str, str]:
    """Return the ids of the Kafka cluster and of its job. Raises UserError if it does not run."""
    if settings.flink == "local":
        raise UserError(
            "The local job needs no savepoint: `make down` and `make up` continue from its newest "
            f"checkpoint, also with another {PARALLELISM}. Set {PREFIX}FLINK for a cluster."
        )
    prepare_process(settings)
    try:
        cluster = kafka.cluster_id(kafka.admin(settings))
    except KafkaException as error:
        raise UserError(f"Kafka does not answer ({error.args[0].str()}).") from None
    job = cluster_rest.running(settings, settings.prefixed(kafka.job_name(cluster)))
    if job is None:
        raise UserError(f"The cluster at {settings.flink} does not run the job: start it by {JOB}.")
    return cluster, job


def _print(url: str, next_step: str, settings: str = "") -> None:
    click.echo(f"Savepoint: {url}\n{next_step}\n\n  {settings}{NAME}={url} {JOB}")


if __name__ == "__main__":
    main(prog_name="python -m flink")
