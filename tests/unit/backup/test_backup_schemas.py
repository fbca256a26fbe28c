"""Each schema gets its former id, from a registry that counts from 1."""

import json
from types import SimpleNamespace
from typing import Any, cast

import pytest
from confluent_kafka.schema_registry import Schema, SchemaRegistryClient
from confluent_kafka.schema_registry.error import SchemaRegistryError
from hypothesis import given
from hypothesis import strategies as st

from backup.saved_schemas import (
    TEMPORARY,
    require_room,
    restore_schemas,
    saved_modes,
    saved_schemas,
)
from connect.errors import UserError


class FakeRegistry:
    """Gives each new text the next id, and refuses a second version of a subject by its mode."""

    def __init__(self, first_id: int = 1) -> None:
        self._ids: dict[str, int] = {}
        self._next = first_id
        self.subjects: dict[str, list[tuple[str, bool]]] = {}
        """Text of each version, True for a deleted one."""
        self.modes: dict[str, str] = {}

    def register_schema(self, subject: str, schema: Schema) -> int:
        text = str(schema.schema_str)
        versions = self.subjects.setdefault(subject, [])
        if (text, False) not in versions:
            if versions and self.modes.get(subject) != "NONE":
                raise SchemaRegistryError(409, 409, "not compatible")
            versions.append((text, False))
            # An id is used up for a text that has one, too.
            self._ids.setdefault(text, self._next)
            self._next += 1
        return self._ids[text]

    def get_schema(self, schema_id: int) -> Schema:
        for versions in self.subjects.values():
            for text, _ in versions:
                if self._ids[text] == schema_id:
                    return Schema(text, "AVRO")
        raise SchemaRegistryError(404, 40403, "no such schema")

    def get_subjects(self, deleted: bool = False) -> list[str]:
        return [name for name in self.subjects if self._numbers(name, deleted)]

    def get_versions(self, subject: str, deleted: bool = False) -> list[int]:
        if not (numbers := self._numbers(subject, deleted)):
            raise SchemaRegistryError(404, 40401, "no such subject")
        return numbers

    def get_version(self, subject: str, number: int, deleted: bool = False) -> Any:
        text, is_deleted = self.subjects[subject][number - 1]
        if not self._numbers(subject, deleted=False):
            raise SchemaRegistryError(404, 40401, "no such subject")
        assert deleted or not is_deleted
        return SimpleNamespace(schema=Schema(text, "AVRO"), schema_id=self._ids[text])

    def get_compatibility(self, subject: str) -> str:
        if subject not in self.modes:
            raise SchemaRegistryError(404, 40408, "no mode")
        return self.modes[subject]

    def set_compatibility(self, subject: str, mode: str) -> None:
        self.modes[subject] = mode

    def delete_config(self, subject: str) -> None:
        del self.modes[subject]

    def clear_caches(self) -> None:
        pass

    def delete_version(self, subject: str, number: int) -> None:
        text, _ = self.subjects[subject][number - 1]
        self.subjects[subject][number - 1] = text, True

    def delete_subject(self, subject: str, permanent: bool = False) -> None:
        if permanent:
            assert self.get_subjects(deleted=False).count(subject) == 0, "delete it first"
            del self.subjects[subject]
        else:
            self.subjects[subject] = [(text, True) for text, _ in self.subjects[subject]]

    def _numbers(self, subject: str, deleted: bool) -> list[int]:
        versions = self.subjects.get(subject, [])
        return [n for n, (_, gone) in enumerate(versions, 1) if deleted or not gone]


def client(registry: FakeRegistry) -> SchemaRegistryClient:
    return cast(SchemaRegistryClient, registry)


def text(number: int) -> str:
    return json.dumps({"type": "fixed", "name": "f", "size": number})


STEPS = st.lists(
    st.tuples(st.sampled_from("abc"), st.integers(1, 5), st.sampled_from([0, 0, 0, 1, 2, 3])),
    max_size=20,
)


@given(STEPS, st.sampled_from([None, "FULL"]))
def test_any_history_of_a_registry_is_restored_with_its_ids(
    steps: list[tuple[str, int, int]], mode: str | None
) -> None:
    former = FakeRegistry()
    for subject, number, deletion in steps:
        former.modes[subject] = "NONE"
        former.register_schema(subject, Schema(text(number), "AVRO"))
        if deletion == 1:
            former.delete_version(subject, len(former.subjects[subject]))
        elif deletion == 2:
            former.delete_subject(subject)
        elif deletion == 3:
            former.delete_subject(subject)
            former.delete_subject(subject, permanent=True)
    active = {name: former.subjects[name] for name in former.get_subjects()}
    former.modes = dict.fromkeys(active, mode) if mode else {}
    saved = saved_schemas(client(former), "", print)
    new = FakeRegistry()
    assert require_room(client(new), saved) == bool(saved)
    restore_schemas(client(new), "", saved, saved_modes(client(former), saved))
    assert new.modes == former.modes
    assert {name: new.subjects[name] for name in new.get_subjects()} == active
    assert saved_schemas(client(new), "", print) == saved
    for each in saved:
        assert former.get_schema(each.schema_id).schema_str == each.text
        assert new.get_schema(each.schema_id).schema_str == each.text
    assert not active or not require_room(client(new), saved)


def test_only_the_subjects_of_the_prefix_are_saved() -> None:
    registry = FakeRegistry()
    for subject in ("test.a-value", "a-value"):
        registry.register_schema(subject, Schema(text(1), "AVRO"))
    assert [each.subject for each in saved_schemas(client(registry), "test.", print)] == [
        "test.a-value"
    ]


def test_a_registry_that_has_given_ids_before_is_refused() -> None:
    former = FakeRegistry()
    former.register_schema("a", Schema(text(1), "AVRO"))
    saved = saved_schemas(client(former), "", print)
    used = FakeRegistry(first_id=2)
    with pytest.raises(UserError, match=f"a schema of {TEMPORARY}1 the id 2, expected 1"):
        restore_schemas(client(used), "", saved, {})
    assert not used.subjects


def test_a_registry_that_is_not_empty_is_refused_by_one_of_its_subjects() -> None:
    former, other = FakeRegistry(), FakeRegistry()
    former.register_schema("a", Schema(text(1), "AVRO"))
    for number in (2, 1):
        other.register_schema("a", Schema(text(number), "AVRO"))
        other.modes["a"] = "NONE"
    saved = saved_schemas(client(former), "", print)
    foreign = FakeRegistry()
    foreign.register_schema("b", Schema(text(1), "AVRO"))
    for registry, subject in ((other, "a"), (foreign, "b")):
        with pytest.raises(UserError, match=f"is not empty: it has the subject {subject}"):
            require_room(client(registry), saved)


def test_ids_that_are_too_large_to_count_up_to_are_refused() -> None:
    former = FakeRegistry(first_id=100_001)
    former.register_schema("a", Schema(text(1), "AVRO"))
    with pytest.raises(UserError, match="count to 100,001 for the ids, expected at most 10,000"):
        require_room(client(FakeRegistry()), saved_schemas(client(former), "", print))
