"""The Kafka and the registry that a plan is made for, as the few verbs that rolling out needs."""

from typing import Protocol

from confluent_kafka.admin import AdminClient
from confluent_kafka.schema_registry import SchemaRegistryClient

from contracts.deployment import subjects, topics
from contracts.deployment.actual import Found
from contracts.deployment.desired import Wanted


class World(Protocol):
    """Every method raises UserError when it is refused, and has then changed nothing."""

    def look(self, wanted: Wanted) -> Found: ...
    def create_topic(self, topic: str, partitions: int, config: dict[str, str]) -> None: ...
    def set_setting(self, topic: str, setting: str, value: str | None) -> None:
        """None: no value of the topic's own."""

    def set_mode(self, subject: str, mode: str) -> None: ...
    def register(self, subject: str, text: str) -> None: ...
    def delete_subject(self, subject: str) -> None: ...
    def delete_version(self, subject: str, version: int) -> None: ...


class Live:
    """The real ones."""

    def __init__(self, admin: AdminClient, registry: SchemaRegistryClient, address: str) -> None:
        """address: the registry's."""
        self._admin, self._registry, self._address = admin, registry, address

    def look(self, wanted: Wanted) -> Found:
        cluster, there = topics.listed(self._admin)
        subjects_there = subjects.listed(self._registry)
        return Found(
            where=f"Kafka cluster {cluster}, registry {self._address}",
            topics=topics.described(
                self._admin, {name: there[name] for name in wanted.topics if name in there}
            ),
            subjects={
                name: subjects.look(self._registry, name, subject.versions, name in subjects_there)
                for name, subject in wanted.subjects.items()
            },
            other_topics=frozenset(there.keys() - wanted.topics.keys()),
            other_subjects=frozenset(subjects_there - wanted.subjects.keys()),
        )

    def create_topic(self, topic: str, partitions: int, config: dict[str, str]) -> None:
        topics.create(self._admin, topic, partitions, config)

    def set_setting(self, topic: str, setting: str, value: str | None) -> None:
        topics.set_setting(self._admin, topic, setting, value)

    def set_mode(self, subject: str, mode: str) -> None:
        subjects.set_mode(self._registry, subject, mode)

    def register(self, subject: str, text: str) -> None:
        subjects.register(self._registry, subject, text)

    def delete_subject(self, subject: str) -> None:
        subjects.delete(self._registry, subject)

    def delete_version(self, subject: str, version: int) -> None:
        subjects.delete_version(self._registry, subject, version)
