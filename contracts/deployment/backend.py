"""The backend of a deployment: one Kafka cluster and one schema registry."""

from dataclasses import replace
from typing import Protocol

from confluent_kafka.schema_registry import SchemaRegistryClient

from connect.errors import UserError
from connect.kafka import GATE_GROUP, Admin
from contracts.deployment import acl_admin, subjects, topic_admin
from contracts.deployment.actual import ActualState, ActualSubject, ActualTopic
from contracts.deployment.desired import DesiredState
from contracts.deployment.steps import Action, CreateAcl, CreateTopic, RemoveSetting, SetSetting


class Backend(Protocol):
    """Reads and changes topics and subjects. A method that raises UserError changed nothing."""

    def actual_state(self, desired: DesiredState) -> ActualState:
        """Read the actual state of the desired topics and subjects."""

    def refusal(self, step: Action) -> str | None:
        """Return the reason for which an action would be refused; None if it would not be."""

    def create_topic(self, step: CreateTopic) -> None:
        """Create a topic."""

    def set_setting(self, topic: str, setting: str, value: str | None) -> None:
        """Set a topic's setting; None removes it from the topic."""

    def set_mode(self, subject: str, mode: str) -> None:
        """Set a subject's compatibility mode."""

    def register(self, subject: str, text: str) -> None:
        """Register a schema as the subject's next version."""

    def create_acl(self, acl: CreateAcl) -> None:
        """Create an ACL."""

    def delete_subject(self, subject: str) -> None:
        """Delete a subject."""

    def delete_version(self, subject: str, version: int) -> None:
        """Delete one version of a subject."""


class LiveBackend:
    """The backend that the settings name."""

    def __init__(
        self,
        admin: Admin,
        registry: SchemaRegistryClient,
        address: str,
        gate_group: str = GATE_GROUP,
    ) -> None:
        """address: the registry's URL, for messages; gate_group: consumer group of the gate."""
        self._admin, self._registry, self._address = admin, registry, address
        self._gate_group = gate_group

    def actual_state(self, desired: DesiredState) -> ActualState:
        cluster, listed = topic_admin.listed(self._admin)
        partitions = {name: len(topic.partitions) for name, topic in listed.items()}
        topics: dict[str, ActualTopic] = {}
        actual_subjects: dict[str, ActualSubject] = {}
        unreadable: dict[str, str] = {}
        for name in desired.topics.keys() & partitions.keys():
            try:
                (described,) = topic_admin.described(self._admin, {name: partitions[name]}).values()
                topics[name] = replace(described, replication=topic_admin.copies(listed[name]))
            except topic_admin.TopicForbiddenError as error:
                unreadable[f"topic {name}"] = _permission(error, "DescribeConfigs of the topic")
        for name, subject in desired.subjects.items():
            try:
                actual_subjects[name] = subjects.actual_subject(
                    self._registry, name, tuple(subject.versions)
                )
            except subjects.SubjectForbiddenError as error:
                unreadable[f"subject {name}"] = _permission(error, "to read the subject")
        forwarded = self._forwarded(desired, partitions, unreadable)
        return ActualState(
            where=f"Kafka cluster {cluster}, registry {self._address}",
            topics=topics,
            subjects=actual_subjects,
            unreadable=unreadable,
            forwarded=forwarded,
            acls=acl_admin.existing(self._admin, desired.acls),
            other_topics=frozenset(partitions.keys() - desired.topics.keys()),
            withdrawn_subjects=frozenset(
                name
                for name in desired.withdrawn_subjects
                if subjects.version_numbers(self._registry, name)
            ),
        )

    def _forwarded(
        self, desired: DesiredState, partitions: dict[str, int], unreadable: dict[str, str]
    ) -> frozenset[str]:
        """Return the public topics without their accepted topic that the gate has read already.

        Adds the accepted topics to `unreadable` if that is unknown.
        """
        without = {
            topic.copy_of: f"topic {name}"
            for name, topic in desired.topics.items()
            if topic.copy_of in partitions and name not in partitions
        }
        read = {public: partitions[public] for public in without if public}
        try:
            return topic_admin.committed(self._admin, self._gate_group, read)
        except topic_admin.GroupForbiddenError as error:
            reason = _permission(error, "Describe of the group")
            unreadable |= dict.fromkeys(without.values(), reason)
            return frozenset()

    def refusal(self, step: Action) -> str | None:
        """Let Kafka validate the action; for a subject, read the registry's mode of it."""
        try:
            match step:
                case CreateTopic():
                    topic_admin.create(self._admin, step, only_check=True)
                case SetSetting(topic=topic, setting=setting, after=value):
                    topic_admin.set_setting(self._admin, topic, setting, value, only_check=True)
                case RemoveSetting(topic=topic, setting=setting):
                    topic_admin.set_setting(self._admin, topic, setting, None, only_check=True)
                case CreateAcl():
                    return None
                case _:
                    mode = subjects.access_mode(self._registry, step.subject)
                    return None if mode == subjects.WRITABLE else _not_writable(mode)
        except topic_admin.TopicForbiddenError as error:
            return _permission(error, "for it, or let the topic's owner do it")
        except UserError as error:
            return f"Kafka would refuse this: {error.message.rstrip('.')}"
        return None

    def create_topic(self, step: CreateTopic) -> None:
        topic_admin.create(self._admin, step)

    def set_setting(self, topic: str, setting: str, value: str | None) -> None:
        topic_admin.set_setting(self._admin, topic, setting, value)

    def set_mode(self, subject: str, mode: str) -> None:
        subjects.set_mode(self._registry, subject, mode)

    def register(self, subject: str, text: str) -> None:
        subjects.register(self._registry, subject, text)

    def create_acl(self, acl: CreateAcl) -> None:
        acl_admin.create(self._admin, acl)

    def delete_subject(self, subject: str) -> None:
        subjects.delete(self._registry, subject)

    def delete_version(self, subject: str, version: int) -> None:
        subjects.delete_version(self._registry, subject, version)


def _permission(error: UserError, permission: str) -> str:
    return f"{error.message.rstrip('.')}: give this client the permission {permission}"


def _not_writable(mode: str) -> str:
    return f"the registry's mode of it is {mode}: set it to READWRITE, or plan again when it is"
