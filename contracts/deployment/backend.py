"""The backend of a deployment: one Kafka cluster and one schema registry."""

from typing import Protocol

from confluent_kafka.admin import AdminClient
from confluent_kafka.schema_registry import SchemaRegistryClient

from contracts.deployment import subjects, topic_admin
from contracts.deployment.actual import ActualState
from contracts.deployment.desired import DesiredState


class Backend(Protocol):
    """Reads and changes topics and subjects. A method that raises UserError changed nothing."""

    def actual_state(self, desired: DesiredState) -> ActualState:
        """Read the actual state of the desired topics and subjects."""

    def create_topic(self, topic: str, partitions: int, config: dict[str, str]) -> None:
        """Create a topic."""

    def set_setting(self, topic: str, setting: str, value: str | None) -> None:
        """Set a topic's setting; None removes it from the topic."""

    def set_mode(self, subject: str, mode: str) -> None:
        """Set a subject's compatibility mode."""

    def register(self, subject: str, text: str) -> None:
        """Register a schema as the subject's next version."""

    def delete_subject(self, subject: str) -> None:
        """Delete a subject."""

    def delete_version(self, subject: str, version: int) -> None:
        """Delete one version of a subject."""


class LiveBackend:
    """The backend that the settings name."""

    def __init__(self, admin: AdminClient, registry: SchemaRegistryClient, address: str) -> None:
        """address: the registry's URL, for messages."""
        self._admin, self._registry, self._address = admin, registry, address

    def actual_state(self, desired: DesiredState) -> ActualState:
        cluster, partitions = topic_admin.listed(self._admin)
        existing_subjects = subjects.listed(self._registry)
        return ActualState(
            where=f"Kafka cluster {cluster}, registry {self._address}",
            topics=topic_admin.described(
                self._admin,
                {name: partitions[name] for name in desired.topics if name in partitions},
            ),
            subjects={
                name: subjects.actual_subject(
                    self._registry, name, subject.versions, name in existing_subjects
                )
                for name, subject in desired.subjects.items()
            },
            other_topics=frozenset(partitions.keys() - desired.topics.keys()),
            other_subjects=frozenset(existing_subjects - desired.subjects.keys()),
        )

    def create_topic(self, topic: str, partitions: int, config: dict[str, str]) -> None:
        topic_admin.create(self._admin, topic, partitions, config)

    def set_setting(self, topic: str, setting: str, value: str | None) -> None:
        topic_admin.set_setting(self._admin, topic, setting, value)

    def set_mode(self, subject: str, mode: str) -> None:
        subjects.set_mode(self._registry, subject, mode)

    def register(self, subject: str, text: str) -> None:
        subjects.register(self._registry, subject, text)

    def delete_subject(self, subject: str) -> None:
        subjects.delete(self._registry, subject)

    def delete_version(self, subject: str, version: int) -> None:
        subjects.delete_version(self._registry, subject, version)
