"""The plan: the steps from the actual state to the desired state. Performs no I/O."""

from collections.abc import Iterator
from dataclasses import dataclass

from contracts.deployment.actual import ActualState, ActualSubject, ActualTopic
from contracts.deployment.desired import DesiredState, DesiredSubject, DesiredTopic
from contracts.deployment.registry_compatibility import Versions, incompatible_version
from contracts.deployment.retention import is_same, may_delete
from contracts.deployment.steps import (
    Action,
    Conflict,
    CreateTopic,
    DeleteSubject,
    DeleteVersion,
    ForeignTopic,
    NewerVersion,
    Register,
    RemoveSetting,
    SetMode,
    SetSetting,
    Step,
)

ApprovedDeletions = frozenset[str]
"""The names of approved deletions, as in `name` of their steps."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """The steps for one Kafka cluster and registry, in the order in which they are applied."""

    where: str
    """The Kafka cluster's id and the registry's address."""
    approved: ApprovedDeletions
    """The approved deletions."""
    steps: tuple[Step, ...]
    """All steps, including conflicts and deletions without approval."""

    @property
    def todo(self) -> tuple[Action, ...]:
        """The actions that apply performs if there is no conflict."""
        return tuple(step for step in self.steps if isinstance(step, Action) and step.approved)

    @property
    def conflicts(self) -> list[Conflict]:
        """The steps that prevent the plan from being applied."""
        return [step for step in self.steps if isinstance(step, Conflict)]

    @property
    def changes(self) -> bool:
        """True if a setting, mode or version differs from its contract and can be changed."""
        return bool(self.todo) or any(isinstance(step, SetSetting) for step in self.steps)

    def leads_to(self, later: "Plan") -> bool:
        """Return True if the later plan is this one after none, some or all of its actions."""
        remaining = list(self.steps)
        for step in (None, *self.todo):
            if step is not None:
                remaining.remove(step)
            state = (self.where, self.approved, tuple(remaining))
            if state == (later.where, later.approved, later.steps):
                return True
        return False


def plan(
    desired: DesiredState, actual: ActualState, approved: ApprovedDeletions = frozenset()
) -> Plan:
    """Compare the desired with the actual state."""
    steps = (*desired.conflicts, *_all(desired, actual, approved))
    return Plan(where=actual.where, approved=approved, steps=steps)


def _all(desired: DesiredState, actual: ActualState, approved: ApprovedDeletions) -> Iterator[Step]:
    for what, why in actual.unreadable.items():
        yield Conflict(what=what, why=why)
    for name, topic in desired.topics.items():
        if f"topic {name}" in actual.unreadable:
            continue
        if name in actual.topics:
            yield from _topic(name, topic, actual.topics[name], approved)
        elif topic.copy_of in actual.forwarded:
            # With an empty one the job would delete what it has published from the former one.
            yield Conflict(
                what=f"topic {name}",
                why=f"is gone, and the gate has read {topic.copy_of} already: restore it, or begin "
                "anew, as `python -m gate` describes",
            )
        else:
            yield CreateTopic(
                topic=name,
                partitions=topic.partitions,
                config=topic.config,
                replication=topic.replication,
            )
    for name, subject in desired.subjects.items():
        if f"subject {name}" not in actual.unreadable:
            yield from _subject(name, subject, actual.subjects[name], approved)
    yield from (acl for acl in desired.acls if acl not in actual.acls)
    for name in sorted(actual.other_topics):
        if name in desired.withdrawn:
            yield ForeignTopic(topic=name, why="declared by older contract versions only")
        elif similar := desired.similar_topic(name):
            yield ForeignTopic(topic=name, why=f"another spelling of {similar}")
    for name in sorted(actual.withdrawn_subjects):
        yield DeleteSubject(subject=name, approved=f"subject/{name}" in approved)


def _topic(
    name: str, desired: DesiredTopic, actual: ActualTopic, approved: ApprovedDeletions
) -> Iterator[Step]:
    if actual.partitions != desired.partitions:
        yield Conflict(
            what=f"topic {name}",
            why=f"has {actual.partitions} partitions and {desired.file} declares "
            f"{desired.partitions}: another number would move keys to other partitions, so "
            "declare the number that it has, for this environment in the file that "
            "INVENTORY_TOPICS names, or recreate the topic",
        )
    if desired.replication and actual.replication and actual.replication < desired.replication:
        yield Conflict(
            what=f"topic {name}",
            why=f"has {actual.replication} copies of a partition and INVENTORY_TOPICS asks for "
            f"{desired.replication}: add replicas with Kafka's kafka-reassign-partitions, or lower "
            "the number in that file",
        )
    for setting, value in desired.config.items():
        before = actual.config.get(setting)
        if not is_same(before, value):
            deletes = may_delete(setting, before, value)
            yield SetSetting(
                topic=name,
                setting=setting,
                before=before,
                after=value,
                by_hand=before not in desired.declared_values.get(setting, ()),
                deletes=deletes,
                approved=not deletes or f"records/{name}" in approved,
            )
    for setting in sorted(actual.own - desired.config.keys()):
        yield RemoveSetting(
            topic=name,
            setting=setting,
            before=actual.config.get(setting),
            approved=f"setting/{name}/{setting}" in approved,
        )


def _subject(
    name: str, desired: DesiredSubject, actual: ActualSubject, approved: ApprovedDeletions
) -> Iterator[Step]:
    newer = _newer_versions(desired, actual)
    # Deletions first: a deleted version may be the one that conflicts with a new version.
    deleted = {n for n in actual.foreign if n not in newer and f"version/{name}/{n}" in approved}
    for number in sorted(actual.foreign):
        if number in newer:
            yield NewerVersion(subject=name, version=number)
        else:
            yield DeleteVersion(subject=name, version=number, approved=number in deleted)
    if actual.mode != desired.mode:
        yield SetMode(
            subject=name,
            before=actual.mode,
            after=desired.mode,
            by_hand=actual.mode is not None and actual.mode not in desired.declared_modes,
        )
    missing = [text for text in desired.versions if text not in actual.ours]
    existing = {number: text for text, number in actual.ours.items()} | {
        number: text for number, text in actual.foreign.items() if number not in deleted
    }
    versions = [(f"registry version {number}", existing[number]) for number in sorted(existing)]
    for text in missing:
        label = f"released version {desired.versions[text]}"
        against = incompatible_version(text, desired.mode, versions)
        if against is None and text == missing[0] and actual.mode == desired.mode and not deleted:
            against = "its versions" if actual.refuses else None
        if against:
            yield Conflict(
                what=f"subject {name}",
                why=f"the registry would refuse {label} of {desired.file} (409): under "
                f"{desired.mode} it is not compatible with {against} there; see "
                "`python -m contracts check`",
            )
        yield Register(subject=name, version=desired.versions[text], schema=text)
        versions.append((label, text))


def _newer_versions(desired: DesiredSubject, actual: ActualSubject) -> set[int]:
    """Return the versions after the first released one that the contract's mode allows.

    By hand, a version gets in that breaks the mode; one that keeps it is another checkout's.
    """
    released: Versions = [("", text) for text in desired.versions]
    first = min(actual.ours.values(), default=None)
    return {
        number
        for number, text in actual.foreign.items()
        if first is not None
        and number > first
        and text is not None
        and incompatible_version(text, desired.mode, released) is None
    }
