"""A registry is a base: what is registered there is compared."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.checked_contracts import check, edit, is_2_and_not_compatible
from tests.support.http_server import Answer, HttpServer, Request

UNKNOWN_SUBJECT: Answer = (404, {"error_code": 40401, "message": "no such subject"})


@pytest.fixture
def registry() -> Iterator[tuple[str, dict[str, Any]]]:
    """The URL of a registry, and its answers by path."""
    answers: dict[str, Any] = {"/subjects": []}

    def answer(request: Request) -> Answer:
        known = request.path in answers
        return (200, answers[request.path]) if known else UNKNOWN_SUBJECT

    with HttpServer(answer) as server:
        yield server.url, answers


@pytest.mark.parametrize("prefix", ["", "test-"])
def test_a_registry_is_a_base(
    prefix: str,
    schemas: Path,
    registry: tuple[str, dict[str, Any]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("INVENTORY_PREFIX", prefix)
    url, answers = registry
    registered = json.loads((schemas / "transaction.avsc").read_text("utf-8"))
    registered["fields"].append({"name": "basket", "type": "int", "default": 0, "doc": "Basket."})
    subject = f"/subjects/{prefix}transactions-value/versions"
    answers[subject] = [1]
    answers[f"{subject}/1"] = {
        "subject": f"{prefix}transactions-value",
        "id": 7,
        "version": 1,
        "schema": json.dumps(registered),
    }
    answers[f"/config/{prefix}transactions-value"] = {"compatibilityLevel": "FULL"}
    document = edit(schemas / "transaction.avsc")
    changed = {"name": "basket", "type": "string", "default": "", "doc": "Basket."}
    edit(schemas / "transaction.avsc", fields=[*document["fields"], changed])
    result = check(schemas, "--against", url)
    assert result.exit_code == 1, result.output
    assert "breaking type-changed at /fields/basket" in result.stdout
    assert (
        f"transaction.avsc reads records of {prefix}transactions-value version 1" in result.stdout
    )


def test_a_registry_without_these_contracts_exits_with_2(
    schemas: Path, registry: tuple[str, dict[str, Any]]
) -> None:
    is_2_and_not_compatible(
        check(schemas, "--against", registry[0]), "it has no version of these contracts"
    )


def test_a_registry_that_does_not_answer_exits_with_2(schemas: Path) -> None:
    result = check(schemas, "--against", "http://127.0.0.1:9")
    is_2_and_not_compatible(result, "No Schema Registry answers at http://127.0.0.1:9")
