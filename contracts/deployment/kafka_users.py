"""A user of Kafka with a password for each client, by SCRAM."""

import secrets
from collections.abc import Iterable
from pathlib import Path

from confluent_kafka import KafkaException
from confluent_kafka.admin import (  # type: ignore[attr-defined]
    ScramCredentialInfo,
    ScramMechanism,
    UserScramCredentialAlteration,
    UserScramCredentialUpsertion,
)

from connect import kafka
from connect.errors import UserError
from connect.properties import properties
from connect.secret_files import write_private
from connect.settings import PREFIX, Settings

ITERATIONS = 8192
PASSWORD_BYTES = 24
SECONDS = 60.0
VARIABLE = f"{PREFIX}KAFKA_CLIENT"


def create(settings: Settings, clients: Iterable[str], folder: Path) -> dict[str, Path]:
    """Create the users of clients, by name; return the files of their settings in the folder.

    settings: of an administrator, whose file has the TLS that the users take, too. A user whose
    file exists keeps the password in it. Raises UserError.
    """
    common = properties(settings.kafka_client, VARIABLE)
    files, users = {}, {}
    for client in clients:
        name = settings.prefixed(f"inventory-{client}")
        files[client] = file = folder / f"{name}.properties"
        existing = properties(str(file), VARIABLE) if file.exists() else {}
        users[name] = existing.get("sasl.password") or secrets.token_urlsafe(PASSWORD_BYTES)
    _upsert(settings, users)
    for file, (name, password) in zip(files.values(), users.items(), strict=True):
        lines = common | {
            "sasl.mechanism": "SCRAM-SHA-512",
            "sasl.username": name,
            "sasl.password": password,
        }
        write_private(file, "".join(f"{each} = {value}\n" for each, value in lines.items()))
    return files


def _upsert(settings: Settings, users: dict[str, str]) -> None:
    """users: password by name."""
    mechanism = ScramCredentialInfo(ScramMechanism.SCRAM_SHA_512, ITERATIONS)
    changes: list[UserScramCredentialAlteration] = [
        UserScramCredentialUpsertion(name, mechanism, password.encode())
        for name, password in users.items()
    ]
    admin = kafka.admin(settings)  # held: answers end with their client
    for name, answer in admin.alter_user_scram_credentials(changes).items():
        try:
            answer.result(SECONDS)
        except TimeoutError:
            raise UserError(
                f"Kafka has not answered within {SECONDS:.0f} s whether the user {name} is "
                "created: run it again when the broker is idle."
            ) from None
        except KafkaException as error:
            raise UserError(
                f"Kafka does not let this client create the user {name} "
                f"({error.args[0].str()}): give it the permission Alter of the cluster."
            ) from None
