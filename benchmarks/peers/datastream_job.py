"""python -m benchmarks.peers.datastream_job: the job's figures, hand-written on the DataStream API.

It has the job's configuration of Flink, JVM and state; see datastream/Peer.java.
"""

from pathlib import Path

from pyflink.java_gateway import get_gateway
from pyflink.util.java_utils import add_jars_to_context_class_loader

from connect import registry
from connect.settings import Settings
from flink import udf_jar
from flink.configuration import configuration, execution_environment, keep_state, prepare_process
from flink.former_rows import WRITTEN
from schemas.generated import EVENTS

SOURCES = Path(__file__).parent / "datastream"
LIMITS = ("id_seconds", "movement_seconds", "job_count_seconds", "days_milliseconds")
"""Settings that the peer has, too."""


def main() -> None:
    settings = Settings.from_environment()
    prepare_process(settings)
    options = configuration(settings)
    jar = udf_jar.compiled(settings, SOURCES).as_uri()
    environment = execution_environment(options)
    environment.add_jars(jar)
    keep_state(environment, settings.checkpoint_url, None, {})
    add_jars_to_context_class_loader([jar])
    get_gateway().jvm.peer.Peer.build(
        environment._j_stream_execution_environment,
        settings.kafka_servers,
        schema_ids(settings),
        settings.time_zone,
        {name: getattr(settings, name) for name in LIMITS},
    )
    environment.execute("peer")


def schema_ids(settings: Settings) -> dict[str, int | None]:
    """Return the id of the newest schema of each topic that the peer reads or writes."""
    client = registry.client(settings)
    subjects = [f"{each.TOPIC}-value" for each in (*EVENTS, *WRITTEN)]
    subjects += [f"{each.TOPIC}-key" for each in WRITTEN]
    return {subject: client.get_latest_version(subject).schema_id for subject in subjects}


if __name__ == "__main__":
    main()
