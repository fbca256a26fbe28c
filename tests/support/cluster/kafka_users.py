"""A user of Kafka for each client of the pipeline, as a chain's administrator makes them."""

from pathlib import Path

from confluent_kafka.admin import (  # type: ignore[attr-defined]
    ScramCredentialInfo,
    ScramMechanism,
    UserScramCredentialUpsertion,
)

from connect import kafka
from contracts.deployment.kafka_clients import clients
from tests.support.cluster import chain_files
from tests.support.cluster.layout import PASSWORD, Layout

ITERATIONS = 4096
SECONDS = 60


def create(layout: Layout, prefix: str = "") -> dict[str, Path]:
    """Create a user for each client; return the files with their settings by the client's name."""
    users = {each.name: f"{prefix}inventory-{each.name}" for each in clients()}
    mechanism = ScramCredentialInfo(ScramMechanism.SCRAM_SHA_512, ITERATIONS)
    admin = kafka.admin(layout.settings)
    created = admin.alter_user_scram_credentials(
        [
            UserScramCredentialUpsertion(each, mechanism, PASSWORD.encode())
            for each in users.values()
        ]
    )
    for each in created.values():
        each.result(SECONDS)
    return {name: chain_files.write_client(layout, user, user) for name, user in users.items()}
