"""The real registry and the Avro rules give the same verdict, except for EXPLAINED rules.

The registry (Java 1.12's SchemaCompatibility) does not compare decimals, does not check the symbols
and sizes of defaults, and fails on or ignores a name that matches two fields.
"""

import json
import random
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import requests
from hypothesis import settings

from contracts.compatibility.schema_check import avro_findings
from schemas.avro.parse import InvalidSchemaError
from stack.runtime import Stack
from tests.support.schema_pairs import pair

pytestmark = pytest.mark.slow

CASES = Path(__file__).parents[2] / "conformance" / "avro_compat_cases.json"
EXPLAINED = {"decimal-scale", "decimal-precision", "default-unusable", "field-ambiguous"}
PAIRS = 20_000 if settings().max_examples > 1000 else 1_000
SchemaPair = tuple[str, str]


@pytest.fixture(scope="module")
def registry() -> Iterator[str]:
    """URL of a registry whose every subject is BACKWARD."""
    with Stack.on_free_ports(["registry"]) as stack:
        url = stack.settings.registry_url
        requests.put(f"{url}/config", json={"compatibility": "BACKWARD"}, timeout=10)
        yield url


def theirs(url: str, subject: str, reader: str, writer: str) -> str:
    """Return the registry's verdict: compatible, incompatible or error."""
    with requests.Session() as session:
        registered = session.post(
            f"{url}/subjects/{subject}/versions", json={"schema": writer}, timeout=60
        )
        if registered.status_code != 200:
            return "error"
        judged = session.post(
            f"{url}/compatibility/subjects/{subject}/versions/latest",
            json={"schema": reader},
            timeout=60,
        )
    if judged.status_code != 200:
        return "error"
    return "compatible" if judged.json()["is_compatible"] else "incompatible"


def disagreements(url: str, name: str, pairs: list[SchemaPair]) -> list[tuple[str, str, list[str]]]:
    """(registry's verdict, pair, rules) of each pair on which it is not ours, unexplained."""

    def compare(numbered: tuple[int, SchemaPair]) -> tuple[str, str, list[str]] | None:
        number, (reader, writer) = numbered
        verdict = theirs(url, f"{name}-{number}", reader, writer)
        rules = {finding.rule.id for finding in avro_findings(reader, writer)}
        if verdict == ("incompatible" if rules else "compatible") or (rules and rules <= EXPLAINED):
            return None
        if verdict == "error" and rules:
            return None
        return verdict, f"{reader} reads {writer}", sorted(rules)

    with ThreadPoolExecutor(4) as pool:
        return [each for each in pool.map(compare, enumerate(pairs)) if each]


def random_pairs() -> list[SchemaPair]:
    """Pairs of schemas, by seeds."""
    made: list[SchemaPair] = []
    seed = 0
    while len(made) < PAIRS:
        reader, writer = map(json.dumps, pair(random.Random(seed)))
        seed += 1
        try:
            avro_findings(reader, writer)
        except InvalidSchemaError:
            continue
        made.append((reader, writer))
    return made


def test_the_registry_agrees_on_the_published_cases(registry: str) -> None:
    cases = json.loads(CASES.read_text("utf-8"))["cases"]
    pairs = [(json.dumps(case["reader"]), json.dumps(case["writer"])) for case in cases]
    assert disagreements(registry, "case", pairs) == []


def test_the_registry_agrees_on_random_pairs(registry: str) -> None:
    differences = disagreements(registry, "random", random_pairs())
    # It raises, too, where a branch of a union that no value needs has such a field.
    assert [each for each in differences if each[0] != "error"] == []
    assert len(differences) <= PAIRS // 100
