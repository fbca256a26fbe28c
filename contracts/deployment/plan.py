"""The plan: what is wanted held against what is found. No network, no clock, no files."""

from collections.abc import Iterator
from dataclasses import dataclass

from contracts.deployment.acceptance import refusing
from contracts.deployment.actual import Found, FoundSubject, FoundTopic
from contracts.deployment.desired import Wanted, WantedSubject, WantedTopic
from contracts.deployment.retention import may_delete
from contracts.deployment.steps import (
    Action,
    Conflict,
    CreateTopic,
    DeleteSubject,
    DeleteVersion,
    ForeignTopic,
    Register,
    RemoveSetting,
    SetMode,
    SetSetting,
    Step,
)

Told = frozenset[str]
"""The names of what may be deleted, each as its step has it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """All steps for one Kafka and registry, in the order in which they are performed."""

    where: str
    told: Told
    steps: tuple[Step, ...]

    @property
    def todo(self) -> tuple[Action, ...]:
        """What apply performs, if nothing is in conflict."""
        return tuple(step for step in self.steps if isinstance(step, Action) and step.told)

    @property
    def conflicts(self) -> list[Conflict]:
        return [step for step in self.steps if isinstance(step, Conflict)]

    @property
    def changes(self) -> bool:
        """Whether something is other than its contract says, and could be mended."""
        return bool(self.todo) or any(isinstance(step, SetSetting) for step in self.steps)

    def leads_to(self, later: "Plan") -> bool:
        """Whether the later plan is this one, or what is left of it after some of its steps."""
        left = list(self.steps)
        for step in (None, *self.todo):
            if step is not None:
                left.remove(step)
            if (self.where, self.told, tuple(left)) == (later.where, later.told, later.steps):
                return True
        return False


def plan(wanted: Wanted, found: Found, told: Told = frozenset()) -> Plan:
    """The steps from what is found to what is wanted. `told` names what may be deleted."""
    steps = (*wanted.conflicts, *_all(wanted, found, told))
    return Plan(where=found.where, told=told, steps=steps)


def _all(wanted: Wanted, found: Found, told: Told) -> Iterator[Step]:
    for name, topic in wanted.topics.items():
        if name in found.topics:
            yield from _topic(name, topic, found.topics[name], told)
        else:
            yield CreateTopic(topic=name, partitions=topic.partitions, config=topic.config)
    for name, subject in wanted.subjects.items():
        yield from _subject(name, subject, found.subjects[name], told)
    for name in sorted(found.other_topics):
        if name in wanted.withdrawn:
            yield ForeignTopic(topic=name, why="only older versions of the contracts have it")
        elif alike := wanted.alike(name):
            yield ForeignTopic(topic=name, why=f"another spelling of {alike}")
    for name in sorted(found.other_subjects):
        yield DeleteSubject(subject=name, told=f"subject/{name}" in told)


def _topic(name: str, wanted: WantedTopic, found: FoundTopic, told: Told) -> Iterator[Step]:
    if found.partitions != wanted.partitions:
        yield Conflict(
            what=f"topic {name}",
            why=f"has {found.partitions} partitions and {wanted.file} says {wanted.partitions}: "
            "other partitions would move keys, so change the contract, or make the topic anew",
        )
    for setting, value in wanted.config.items():
        before = found.config.get(setting)
        if before != value:
            deletes = may_delete(setting, before, value)
            yield SetSetting(
                topic=name,
                setting=setting,
                before=before,
                after=value,
                by_hand=before not in wanted.said.get(setting, ()),
                deletes=deletes,
                told=not deletes or f"records/{name}" in told,
            )
    for setting in sorted(found.own - wanted.config.keys()):
        yield RemoveSetting(
            topic=name,
            setting=setting,
            before=found.config.get(setting),
            told=f"setting/{name}/{setting}" in told,
        )


def _subject(name: str, wanted: WantedSubject, found: FoundSubject, told: Told) -> Iterator[Step]:
    # Deletions come first: what they delete may stand in the way of a new version.
    deleted = {number for number in found.foreign if f"version/{name}/{number}" in told}
    for number in sorted(found.foreign):
        yield DeleteVersion(subject=name, version=number, told=number in deleted)
    if found.mode != wanted.mode:
        yield SetMode(
            subject=name,
            before=found.mode,
            after=wanted.mode,
            by_hand=found.mode is not None and found.mode not in wanted.said,
        )
    missing = [text for text in wanted.versions if text not in found.ours]
    there = {number: text for text, number in found.ours.items()} | {
        number: text for number, text in found.foreign.items() if number not in deleted
    }
    versions = [(f"version {number}", there[number]) for number in sorted(there)]
    for text in missing:
        label = f"released version {wanted.versions.index(text) + 1}"
        against = refusing(text, wanted.mode, versions)
        if against is None and text == missing[0] and found.mode == wanted.mode and not deleted:
            against = "its versions" if found.refuses else None
        if against:
            yield Conflict(
                what=f"subject {name}",
                why=f"the registry would refuse {label} of {wanted.file} (409): under "
                f"{wanted.mode} it is not compatible with {against} there; see "
                "`python -m contracts check`",
            )
        yield Register(subject=name, version=wanted.versions.index(text) + 1, schema=text)
        versions.append((label, text))
