"""What the tests share: Hypothesis profiles and the real parts, started once a session."""

import os
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

from connect.settings import Settings

if TYPE_CHECKING:
    from tests.minicluster import MiniCluster

settings.register_profile("default", max_examples=300, deadline=None)
settings.register_profile("nightly", max_examples=10_000, deadline=None)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "default"))


@pytest.fixture(scope="session")
def minicluster() -> "Iterator[MiniCluster]":
    from tests.minicluster import MiniCluster  # noqa: PLC0415 - loads Java: not for fast tests

    cluster = MiniCluster(Settings())
    yield cluster
    cluster.close()
