"""An in-memory backend for deployment plans, and random states of it.

Its refusals and deletions follow Kafka's and Confluent's documentation and share no code with
contracts/deployment.
"""

import json
from collections.abc import Collection
from copy import deepcopy
from dataclasses import dataclass, field
from random import Random
from typing import Any, TypeVar

from hypothesis import strategies as st

from connect.errors import UserError
from contracts.deployment.actual import ActualState, ActualSubject, ActualTopic
from contracts.deployment.desired import DesiredState, DesiredSubject, DesiredTopic
from contracts.deployment.steps import Action, CreateAcl, CreateTopic

DEFAULTS = {
    "retention.ms": "604800000",
    "cleanup.policy": "delete",
    "segment.ms": "604800000",
    "max.message.bytes": "1048588",
}
VALUES = {
    "retention.ms": ["-1", "1000", "604800000"],
    "cleanup.policy": ["delete", "compact", "compact,delete"],
    "segment.ms": ["1", "604800000"],
    "max.message.bytes": ["5", "1048588"],
}
MODES = ["BACKWARD", "FORWARD", "FULL", "BACKWARD_TRANSITIVE", "FULL_TRANSITIVE"]
TOPICS = ["sales", "stock-counts"]
OTHER_TOPICS = ["stock_counts", "Sales", "payments", "old-topic"]


class KilledError(BaseException):
    """The process was killed."""


@dataclass
class Model:
    """An in-memory Kafka and registry; each change adds one entry to `log`."""

    topics: dict[str, tuple[int, dict[str, str]]] = field(default_factory=dict)
    """Topic -> (partitions, settings of the topic itself)."""
    modes: dict[str, str] = field(default_factory=dict)
    subjects: dict[str, dict[int, str]] = field(default_factory=dict)
    log: list[str] = field(default_factory=list)
    deleted: list[str] = field(default_factory=list)
    """The names of the deletions, as in `--delete`."""
    refused: set[str] = field(default_factory=set)
    """Topics that this client may not change, and subjects that are read-only."""
    unreadable: set[str] = field(default_factory=set)
    """Topics and subjects that this client may not read."""
    copies: dict[str, int | None] = field(default_factory=dict)
    """Topic -> the smallest number of copies of a partition, if it is known."""
    acls: set[CreateAcl] = field(default_factory=set)
    last: float = float("inf")
    """The number of changes after which the process is killed."""

    def state(self) -> Any:
        return deepcopy((self.topics, self.modes, self.subjects))

    def config(self, topic: str) -> dict[str, str]:
        return DEFAULTS | self.topics[topic][1]

    def actual_state(self, desired: DesiredState) -> ActualState:
        return ActualState(
            where="the model",
            topics={
                name: ActualTopic(
                    partitions=partitions,
                    config=self.config(name),
                    own=frozenset(own),
                    replication=self.copies.get(name),
                )
                for name, (partitions, own) in self.topics.items()
                if name in desired.topics and name not in self.unreadable
            },
            subjects={
                name: self._subject(name, subject)
                for name, subject in desired.subjects.items()
                if name not in self.unreadable
            },
            unreadable={
                f"{kind} {name}": "no permission"
                for kind, names in (("topic", desired.topics), ("subject", desired.subjects))
                for name in names
                if name in self.unreadable
            },
            acls=frozenset(self.acls),
            other_topics=frozenset(self.topics.keys() - desired.topics.keys()),
            withdrawn_subjects=desired.withdrawn_subjects & self.subjects.keys(),
        )

    def _subject(self, name: str, desired: DesiredSubject) -> ActualSubject:
        there = self.subjects.get(name, {})
        missing = [text for text in desired.versions if text not in there.values()]
        return ActualSubject(
            mode=self.modes.get(name),
            ours={text: n for n, text in there.items() if text in desired.versions},
            foreign={n: text for n, text in there.items() if text not in desired.versions},
            refuses=bool(missing) and self.refuses(name, missing[0]),
        )

    def refuses(self, subject: str, text: str) -> bool:
        mode = self.modes.get(subject, "NONE")
        there = [text for _, text in sorted(self.subjects.get(subject, {}).items())]
        judged = there if mode.endswith("_TRANSITIVE") else there[-1:]
        forward, backward = "BACKWARD" not in mode, "FORWARD" not in mode
        return mode != "NONE" and any(
            (backward and not reads(text, other)) or (forward and not reads(other, text))
            for other in judged
        )

    def refusal(self, step: Action) -> str | None:
        about = getattr(step, "topic", None) or getattr(step, "subject", None)
        return "no permission" if about in self.refused else None

    def _change(self, entry: str) -> None:
        if entry.split()[1] in self.refused:
            raise UserError(f"{entry}: refused.")
        if len(self.log) >= self.last:
            raise KilledError
        self.log.append(entry)

    def create_topic(self, step: CreateTopic) -> None:
        if step.topic in self.topics:
            raise UserError(f"{step.topic} is there.")
        self._change(f"topic {step.topic}")
        self.topics[step.topic] = step.partitions, dict(step.config)
        self.copies[step.topic] = step.replication

    def set_setting(self, topic: str, setting: str, value: str | None) -> None:
        before = self.config(topic)
        self._change(f"setting {topic} {setting}")
        if value is None:
            del self.topics[topic][1][setting]
            self.deleted.append(f"setting/{topic}/{setting}")
        else:
            self.topics[topic][1][setting] = value
            if loses_records(before, self.config(topic)):
                self.deleted.append(f"records/{topic}")

    def set_mode(self, subject: str, mode: str) -> None:
        self._change(f"mode {subject}")
        self.modes[subject] = mode

    def register(self, subject: str, text: str) -> None:
        if self.refuses(subject, text):
            raise UserError(f"{subject}: 409.")
        self._change(f"version {subject}")
        there = self.subjects.setdefault(subject, {})
        there[max(there, default=0) + 1] = text

    def create_acl(self, acl: CreateAcl) -> None:
        self._change(f"acl {acl.principal} {acl.operation} {acl.resource}")
        self.acls.add(acl)

    def delete_subject(self, subject: str) -> None:
        self._change(f"delete {subject}")
        del self.subjects[subject]
        self.deleted.append(f"subject/{subject}")

    def delete_version(self, subject: str, version: int) -> None:
        self._change(f"delete {subject} {version}")
        del self.subjects[subject][version]
        if not self.subjects[subject]:
            del self.subjects[subject]
        self.deleted.append(f"version/{subject}/{version}")


def loses_records(before: dict[str, str], after: dict[str, str]) -> bool:
    """Return True if a topic may keep fewer records with the settings after."""
    old, new = int(before["retention.ms"]), int(after["retention.ms"])
    shorter = new != -1 and (old == -1 or new < old)
    added = set(after["cleanup.policy"].split(",")) - set(before["cleanup.policy"].split(","))
    return shorter or bool(added)


def record(required: set[str], optional: set[str]) -> str:
    fields: list[dict[str, Any]] = [{"name": name, "type": "int"} for name in sorted(required)]
    fields += [{"name": name, "type": "int", "default": 0} for name in sorted(optional)]
    return json.dumps({"type": "record", "name": "R", "fields": fields})


def reads(reader: str, writer: str) -> bool:
    """Return True if one of these record schemas reads the other."""
    written = {field["name"] for field in json.loads(writer)["fields"]}
    return all(f["name"] in written or "default" in f for f in json.loads(reader)["fields"])


T = TypeVar("T")


def some(chance: Random, among: Collection[T]) -> list[T]:
    """Return a random subset, in order."""
    return [each for each in among if chance.random() < 0.5]


def text(chance: Random) -> str:
    required = {"id", "x"} if chance.random() < 0.15 else {"id"}
    return record(required, set(some(chance, "abc")))


def config(chance: Random) -> dict[str, str]:
    return {name: chance.choice(VALUES[name]) for name in some(chance, VALUES)}


def desired_by(chance: Random) -> DesiredState:
    topics, subjects = {}, {}
    for name in some(chance, TOPICS) or TOPICS[:1]:
        settings = config(chance)
        topics[name] = DesiredTopic(
            file=f"{name}.avsc",
            partitions=chance.randint(1, 2),
            config=settings,
            declared_values={
                setting: {value, VALUES[setting][0]} for setting, value in settings.items()
            },
        )
        for part in ("key", "value"):
            mode = chance.choice(MODES)
            subjects[f"{name}-{part}"] = DesiredSubject(
                file=f"{name}.avsc",
                mode=mode,
                declared_modes={mode, "FULL"},
                versions={text(chance): number for number in range(1, chance.randint(2, 4))},
            )
    return DesiredState(
        topics=topics,
        subjects=subjects,
        withdrawn=frozenset({"old-topic"}),
        withdrawn_subjects=frozenset({"old-topic-value"}),
    )


def model_by(chance: Random, desired: DesiredState) -> Model:
    """Return a random state, partly deployed and partly changed by hand."""
    model = Model()
    for name in some(chance, [*desired.topics, *OTHER_TOPICS]):
        topic = desired.topics.get(name)
        partitions = topic.partitions if topic and chance.random() < 0.95 else 3
        deployed = topic.config if topic and chance.random() < 0.5 else {}
        model.topics[name] = partitions, deployed | config(chance)
    for name, subject in desired.subjects.items():
        if mode := chance.choice([None, subject.mode, "NONE", "FULL"]):
            model.modes[name] = mode
        known = {each: None for each in some(chance, list(subject.versions))}
        if chance.random() < 0.3:
            known[text(chance)] = None
        if known:
            model.subjects[name] = dict(enumerate(known, start=chance.randint(1, 3)))
    for name in some(chance, ["other-value", "sales-value-old", "old-topic-value"]):
        model.subjects[name] = {1: text(chance)}
    return model


@dataclass(frozen=True)
class Scenario:
    """A desired state, an actual state and the approved deletions."""

    desired: DesiredState
    model: Model
    approved: frozenset[str]
    chance: Random


def scenario(seed: int) -> Scenario:
    chance = Random(seed)
    desired = desired_by(chance)
    model = model_by(chance, desired)
    deletable = [f"subject/{name}" for name in model.subjects if name not in desired.subjects]
    for name, subject in model.actual_state(desired).subjects.items():
        deletable += [f"version/{name}/{number}" for number in subject.foreign]
    for name in model.topics.keys() & desired.topics.keys():
        deletable += [f"setting/{name}/{setting}" for setting in VALUES]
        deletable.append(f"records/{name}")
    approved = some(chance, sorted(deletable)) if chance.random() < 0.7 else []
    return Scenario(desired, model, frozenset(approved), chance)


scenarios = st.integers(0, 2**64).map(scenario)
