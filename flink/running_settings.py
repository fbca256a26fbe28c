"""The settings that the running job was started with, and what a change of each one takes.

The job carries them as Flink's global job parameters: GET /jobs/<id>/config shows them.
"""

import hashlib
import json
import time
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import NamedTuple

from connect import cluster_rest
from connect.job_settings import REBUILDS
from connect.settings import PREFIX, Settings
from flink import client_security, statements, udf_jar
from flink.checkpoints import DEPENDENCIES, Origin, digest

GENERATION, ORIGIN = "generation", "origin"
"""Names of the parameters that are no settings: the generation, which GENERATION() returns in SQL,
and the name of the folder of the origin."""
CHECKPOINTS = f"{PREFIX}CHECKPOINTS"
POLL_SECONDS = 2.0
FILES = "SQL and Java files"
"""Name of the parameter with their checksum."""
SECURITY_BYTES = 2
"""Of the checksum of passwords, keys and tokens: too few to try passwords by."""


class Difference(NamedTuple):
    """A setting that is another one in the running job."""

    name: str
    running: str
    chosen: str

    @property
    def needs_rebuild(self) -> bool:
        """True if the job cannot continue from a savepoint with the new value."""
        return self.name.removeprefix(PREFIX).lower() in REBUILDS


def parameters(settings: Settings, parts: Origin, generation: int) -> dict[str, str]:
    """Return the parameters of a job. parts: its origin."""
    return {GENERATION: str(generation), ORIGIN: digest(parts), **_carried(settings)}


def of_job(settings: Settings, job: str) -> dict[str, str]:
    """Return the parameters of the job of an id on the cluster; none while it initializes.

    Raises UserError.
    """
    config = cluster_rest.get(settings, f"jobs/{job}/config").get("execution-config") or {}
    carried: dict[str, str] = config.get("user-config") or {}
    return carried


def as_started(settings: Settings, job: str) -> Settings:
    """Return the settings with the limits that the job of an id was started with.

    Waits while it initializes. Raises UserError.
    """
    while not (running := of_job(settings, job)):
        time.sleep(POLL_SECONDS)
    dedup, count = (int(running[f"{PREFIX}{name}_SECONDS"]) for name in ("DEDUP", "COUNT"))
    return replace(settings, dedup_seconds=dedup, count_seconds=count)


def differences(running: Mapping[str, str], settings: Settings) -> Iterator[Difference]:
    """Yield the settings that differ from the parameters of a job.

    settings: with the longest limits, see flink.gate_limits.
    """
    for name, chosen in _carried(settings).items():
        if name in running and running[name] != chosen:
            yield Difference(name, running[name], chosen)


def _carried(settings: Settings) -> dict[str, str]:
    chosen = {name: str(getattr(settings, name)) for name in DEPENDENCIES}
    chosen |= {
        "kafka": settings.kafka_servers,
        "registry": settings.registry_url,
        "parallelism": str(settings.job_parallelism),
        "checkpoint_seconds": str(settings.checkpoint_seconds),
        "checkpoints": settings.checkpoint_url,
        "avro_format": settings.avro_format,
        "days_milliseconds": str(settings.days_milliseconds),
    }
    return {
        **{f"{PREFIX}{name.upper()}": value for name, value in chosen.items()},
        client_security.KAFKA: _security(client_security.kafka_options(settings)),
        client_security.REGISTRY: _security(client_security.registry_options(settings)),
        FILES: _files(),
    }


def _security(options: Mapping[str, str]) -> str:
    """Return a checksum of what the job's clients prove themselves with, as the job has it."""
    if not options:
        return "nothing"
    content = json.dumps(options, sort_keys=True).encode()
    return f"checksum {hashlib.sha256(content).hexdigest()[: 2 * SECURITY_BYTES]}"


def _files() -> str:
    """Return a checksum of the files that the job is planned from."""
    content = hashlib.sha256()
    for file in sorted([*statements.SQL.rglob("*.sql"), *udf_jar.sources()]):
        content.update(file.read_bytes())
    return content.hexdigest()[:8]
