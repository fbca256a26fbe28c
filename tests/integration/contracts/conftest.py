"""A contract of a test's own on a real broker and registry."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from stack.runtime import Stack
from tests.support.deployment_drill import Drill


@pytest.fixture(scope="module")
def stack() -> Iterator[Stack]:
    with Stack.on_free_ports(["registry", "kafka"]) as started:
        yield started


@pytest.fixture
def drill(stack: Stack, tmp_path: Path, request: pytest.FixtureRequest) -> Drill:
    name = "".join(c if c.isalnum() else "-" for c in request.node.name.lower())
    return Drill(stack, tmp_path, name)
