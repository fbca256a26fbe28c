"""The versions of a contract in a schema registry, as a base of `check`."""

import json
from dataclasses import replace
from pathlib import Path

from confluent_kafka.schema_registry import Schema
from confluent_kafka.schema_registry.error import SchemaRegistryError

from connect import registry
from connect.errors import UserError
from connect.settings import Settings
from contracts.contract import Contract
from contracts.contract_file import COMPATIBILITIES
from contracts.errors import NotJudgedError
from schemas.avro.parse import InvalidSchemaError, parse

SUBJECT_NOT_FOUND = 40401


class RegistryBase:
    """The schemas and modes of a registry. The rest of a version is the contract's own."""

    def __init__(self, address: str) -> None:
        """Raises NotJudgedError when the registry does not answer."""
        self._address = address
        try:
            self._settings = replace(Settings.from_environment(), registry=address)
            self._client = registry.client(self._settings)
        except UserError as error:
            raise NotJudgedError(error.message) from None

    def versions(self, contract: Contract) -> list[Contract]:
        """Return the versions of a contract, oldest first."""
        key, value = map(self._settings.prefixed, contract.subjects)
        keys = [_same(contract.key_schema, text) for _, text in self._schemas(key)]
        level = self._level(value)
        return [
            replace(
                contract,
                path=Path(f"{value} version {number}"),
                compatibility=level if level in COMPATIBILITIES else contract.compatibility,
                schema=_same(contract.schema, text),
                key_schema=keys[-1] if keys else contract.key_schema,
            )
            for number, text in self._schemas(value)
        ]

    def _schemas(self, subject: str) -> list[tuple[int, str]]:
        """Return (number, schema) of each version."""
        try:
            with registry.answer_required():
                answers = [
                    (number, self._client.get_version(subject, number).schema)
                    for number in sorted(self._client.get_versions(subject))
                ]
            return [(number, _avro(answer)) for number, answer in answers]
        except SchemaRegistryError as error:
            if error.error_code == SUBJECT_NOT_FOUND:
                return []
            reason = error.error_message
        except (UserError, InvalidSchemaError) as error:
            reason = str(error)
        raise NotJudgedError(
            f"The registry at {self._address} has no usable version of {subject}: {reason}."
        )

    def _level(self, subject: str) -> str | None:
        """Return the mode of a subject; None if it has none of its own."""
        try:
            with registry.answer_required():
                return str(self._client.get_compatibility(subject))
        except SchemaRegistryError:
            return None


def _avro(schema: Schema | None) -> str:
    if schema is None or schema.schema_type not in (None, "AVRO"):
        raise InvalidSchemaError("it is no Avro schema")
    text = str(schema.schema_str)
    parse(text)
    return text


def _same(ours: str, theirs: str) -> str:
    """Return our text if the registry's differs in layout only."""
    return ours if json.loads(ours) == json.loads(theirs) else theirs
