"""A registry and a Kafka made of dicts, and random ones of them, for plans to be carried out on.

What it refuses and what it forgets is written here anew, from Kafka's and Confluent's
documentation, and shares no code with what plans.
"""

import json
from collections.abc import Collection
from copy import deepcopy
from dataclasses import dataclass, field
from random import Random
from typing import Any, TypeVar

from hypothesis import strategies as st

from connect.errors import UserError
from contracts.deployment.actual import Found, FoundSubject, FoundTopic
from contracts.deployment.desired import Wanted, WantedSubject, WantedTopic

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
STRANGERS = ["stock_counts", "Sales", "payments", "old-topic"]


class Killed(BaseException):
    """The process is ended."""


@dataclass
class Model:
    """Every change that it takes is one entry in `log`; `deleted` says what was lost."""

    topics: dict[str, tuple[int, dict[str, str]]] = field(default_factory=dict)
    """name -> (partitions, settings of its own)."""
    modes: dict[str, str] = field(default_factory=dict)
    subjects: dict[str, dict[int, str]] = field(default_factory=dict)
    log: list[str] = field(default_factory=list)
    deleted: list[str] = field(default_factory=list)
    last: float = float("inf")
    """After so many changes the process is killed."""

    def state(self) -> Any:
        return deepcopy((self.topics, self.modes, self.subjects))

    def config(self, topic: str) -> dict[str, str]:
        return DEFAULTS | self.topics[topic][1]

    def look(self, wanted: Wanted) -> Found:
        return Found(
            where="the model",
            topics={
                name: FoundTopic(
                    partitions=partitions, config=self.config(name), own=frozenset(own)
                )
                for name, (partitions, own) in self.topics.items()
                if name in wanted.topics
            },
            subjects={name: self._subject(name, s) for name, s in wanted.subjects.items()},
            other_topics=frozenset(self.topics.keys() - wanted.topics.keys()),
            other_subjects=frozenset(self.subjects.keys() - wanted.subjects.keys()),
        )

    def _subject(self, name: str, wanted: WantedSubject) -> FoundSubject:
        there = self.subjects.get(name, {})
        missing = [text for text in wanted.versions if text not in there.values()]
        return FoundSubject(
            mode=self.modes.get(name),
            ours={text: n for n, text in there.items() if text in wanted.versions},
            foreign={n: text for n, text in there.items() if text not in wanted.versions},
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

    def _change(self, entry: str) -> None:
        if len(self.log) >= self.last:
            raise Killed
        self.log.append(entry)

    def create_topic(self, topic: str, partitions: int, config: dict[str, str]) -> None:
        if topic in self.topics:
            raise UserError(f"{topic} is there.")
        self._change(f"topic {topic}")
        self.topics[topic] = partitions, dict(config)

    def set_setting(self, topic: str, setting: str, value: str | None) -> None:
        before = self.config(topic)
        self._change(f"setting {topic} {setting}")
        if value is None:
            del self.topics[topic][1][setting]
            self.deleted.append(f"setting/{topic}/{setting}")
        else:
            self.topics[topic][1][setting] = value
            if forgets(before, self.config(topic)):
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


def forgets(before: dict[str, str], after: dict[str, str]) -> bool:
    """Whether a topic with the settings after may hold less than with those before."""
    old, new = int(before["retention.ms"]), int(after["retention.ms"])
    shorter = new != -1 and (old == -1 or new < old)
    added = set(after["cleanup.policy"].split(",")) - set(before["cleanup.policy"].split(","))
    return shorter or bool(added)


def record(required: set[str], optional: set[str]) -> str:
    fields: list[dict[str, Any]] = [{"name": name, "type": "int"} for name in sorted(required)]
    fields += [{"name": name, "type": "int", "default": 0} for name in sorted(optional)]
    return json.dumps({"type": "record", "name": "R", "fields": fields})


def reads(reader: str, writer: str) -> bool:
    """Whether one of these records reads the other."""
    written = {field["name"] for field in json.loads(writer)["fields"]}
    return all(f["name"] in written or "default" in f for f in json.loads(reader)["fields"])


T = TypeVar("T")


def some(chance: Random, among: Collection[T]) -> list[T]:
    """Each of them, or not."""
    return [each for each in among if chance.random() < 0.5]


def text(chance: Random) -> str:
    required = {"id", "x"} if chance.random() < 0.15 else {"id"}
    return record(required, set(some(chance, "abc")))


def config(chance: Random) -> dict[str, str]:
    return {name: chance.choice(VALUES[name]) for name in some(chance, VALUES)}


def wanted_by(chance: Random) -> Wanted:
    topics, subjects = {}, {}
    for name in some(chance, TOPICS) or TOPICS[:1]:
        settings = config(chance)
        topics[name] = WantedTopic(
            file=f"{name}.avsc",
            partitions=chance.randint(1, 2),
            config=settings,
            said={setting: {value, VALUES[setting][0]} for setting, value in settings.items()},
        )
        for part in ("key", "value"):
            mode = chance.choice(MODES)
            subjects[f"{name}-{part}"] = WantedSubject(
                file=f"{name}.avsc",
                mode=mode,
                said={mode, "FULL"},
                versions=tuple({text(chance): None for _ in range(chance.randint(1, 3))}),
            )
    return Wanted(topics=topics, subjects=subjects, withdrawn=frozenset({"old-topic"}))


def model_by(chance: Random, wanted: Wanted) -> Model:
    """A world in which somebody may have been at work before."""
    model = Model()
    for name in some(chance, [*wanted.topics, *STRANGERS]):
        asked = wanted.topics.get(name)
        partitions = asked.partitions if asked and chance.random() < 0.95 else 3
        said = asked.config if asked and chance.random() < 0.5 else {}
        model.topics[name] = partitions, said | config(chance)
    for name, subject in wanted.subjects.items():
        if mode := chance.choice([None, subject.mode, "NONE", "FULL"]):
            model.modes[name] = mode
        known = {each: None for each in some(chance, subject.versions)}
        if chance.random() < 0.3:
            known[text(chance)] = None
        if known:
            model.subjects[name] = dict(enumerate(known, start=chance.randint(1, 3)))
    for name in some(chance, ["other-value", "sales-value-old"]):
        model.subjects[name] = {1: text(chance)}
    return model


@dataclass(frozen=True)
class World:
    """What is wanted, what is there, and which deletions are told."""

    wanted: Wanted
    model: Model
    told: frozenset[str]
    chance: Random


def world(seed: int) -> World:
    chance = Random(seed)
    wanted = wanted_by(chance)
    model = model_by(chance, wanted)
    deletable = [f"subject/{name}" for name in model.subjects if name not in wanted.subjects]
    for name, subject in model.look(wanted).subjects.items():
        deletable += [f"version/{name}/{number}" for number in subject.foreign]
    for name in model.topics.keys() & wanted.topics.keys():
        deletable += [f"setting/{name}/{setting}" for setting in VALUES]
        deletable.append(f"records/{name}")
    told = some(chance, sorted(deletable)) if chance.random() < 0.7 else []
    return World(wanted, model, frozenset(told), chance)


worlds = st.integers(0, 2**64).map(world)
