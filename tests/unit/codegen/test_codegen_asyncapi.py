"""The AsyncAPI document is valid by the specification's schema, and has every contract.

asyncapi/3.0.0.json is the schema that the AsyncAPI Initiative publishes, as it is in the npm
package @asyncapi/specs 6.11.1 (3.0.0-without-$id.json), under the Apache License 2.0 beside it.
"""

import json
import runpy
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft7Validator

from codegen import asyncapi
from codegen.generate import ROOT
from contracts.contract_file import SCHEMAS, load_all

PUBLISHED = json.loads(
    (Path(__file__).parents[2] / "conformance" / "asyncapi" / "3.0.0.json").read_text("utf-8")
)
LIMITS = {"minimum", "maximum", "minLength", "maxLength", "pattern", "identifier"}
DOCUMENTS = [json.loads(path.read_text("utf-8")) for path in sorted(SCHEMAS.glob("*.avsc"))]


@pytest.fixture
def described() -> Any:
    return json.loads(asyncapi.document(load_all()))


def errors(described: Any) -> list[str]:
    return [error.message for error in Draft7Validator(PUBLISHED).iter_errors(described)]


def test_it_is_valid_by_the_published_schema(described: Any) -> None:
    assert errors(described) == []


FAULTS: dict[str, Callable[[Any], object]] = {
    "no title": lambda d: d["info"].pop("title"),
    "another version": lambda d: d.update(asyncapi="2.6.0"),
    "an unknown action": lambda d: d["operations"]["job-send-stock-ledger"].update(action="write"),
    "no channel": lambda d: d["operations"]["job-send-stock-ledger"].pop("channel"),
    "partitions as text": lambda d: d["channels"]["products"]["bindings"]["kafka"].update(
        partitions="4"
    ),
    "policy as text": lambda d: d["channels"]["products"]["bindings"]["kafka"][
        "topicConfiguration"
    ].update({"cleanup.policy": "compact"}),
    "a payload that is no Avro": lambda d: d["components"]["messages"]["Product"]["payload"][
        "schema"
    ].update(fields=3),
    "a key that is no Avro": lambda d: d["components"]["messages"]["Product"]["bindings"][
        "kafka"
    ].update(key={"type": "record", "fields": 3}),
    "an unknown attribute": lambda d: d["channels"]["products"].update(owner="x"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_the_published_schema_sees_a_fault(fault: str, described: Any) -> None:
    FAULTS[fault](described)
    assert errors(described)


def test_every_topic_is_a_channel_with_its_settings(described: Any) -> None:
    assert set(described["channels"]) == {document["topic"]["name"] for document in DOCUMENTS}
    for document in DOCUMENTS:
        topic = document["topic"]
        channel = described["channels"][topic["name"]]
        binding = channel["bindings"]["kafka"]
        assert channel["address"] == binding["topic"] == topic["name"]
        assert binding["partitions"] == topic["partitions"]
        settings = {
            name: ",".join(value) if isinstance(value, list) else str(value)
            for name, value in binding["topicConfiguration"].items()
        }
        assert settings == topic["config"]
        assert (channel["x-owner"], channel["x-compatibility"]) == (
            document["owner"],
            document["compatibility"],
        )


def test_every_message_has_the_registered_schemas_and_the_constraints(described: Any) -> None:
    messages = described["components"]["messages"]
    for contract, document in zip(load_all(), DOCUMENTS, strict=True):
        message = messages.pop(document["name"])
        assert message["payload"] == {
            "schemaFormat": "application/vnd.apache.avro+json;version=1.9.0",
            "schema": json.loads(contract.schema),
        }
        assert message["bindings"]["kafka"]["key"] == json.loads(contract.key_schema)
        for field in document["fields"]:
            words = LIMITS & field.keys()
            constraints = message["x-constraints"].get(field["name"], {})
            assert constraints == {word: field[word] for word in words}
    assert not messages


def test_the_job_sends_its_sinks_and_receives_its_sources_and_the_limits_of_the_gate(
    described: Any,
) -> None:
    done = {
        (operation["action"], operation["channel"]["$ref"].removeprefix("#/channels/"))
        for name, operation in described["operations"].items()
        if name.startswith("job-")
    }
    action = {"source": "receive", "sink": "send"}
    assert done == {
        (action[document["flink"]], document["topic"]["name"])
        for document in DOCUMENTS
        if "flink" in document
    } | {("receive", "gate-limits")}


def references(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from [inner] if name == "$ref" else references(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from references(inner)


def test_every_reference_leads_somewhere(described: Any) -> None:
    targets = set(references(described))
    assert targets
    for reference in targets:
        place = described
        for step in reference.removeprefix("#/").split("/"):
            place = place[step]


def test_its_version_is_the_project_s(described: Any) -> None:
    version = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["hatch"][
        "version"
    ]
    names = runpy.run_path(str(ROOT / version["path"]))
    project = eval(version["expression"], names)  # as the build of the package does
    assert described["info"]["version"].rpartition(".")[0] == project.rpartition(".")[0]
