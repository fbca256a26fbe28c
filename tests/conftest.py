"""Hypothesis profiles, the Flink cluster of a test session, and a running pipeline."""

import os
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from subprocess import SubprocessError
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

from connect import masking
from connect.settings import Settings

if TYPE_CHECKING:
    from tests.support.minicluster import MiniCluster
    from tests.support.running_pipeline import RunningPipeline

settings.register_profile("default", max_examples=300, deadline=None, derandomize=False)
settings.register_profile("smoke", max_examples=20, deadline=None, derandomize=True)
settings.register_profile("nightly", max_examples=20_000, deadline=None, derandomize=False)
profile = os.environ.get("HYPOTHESIS_PROFILE", "default")
settings.load_profile(profile)
if profile == "default":
    # In a JVM that runs for a minute, the second compiler would take a third of the time.
    os.environ.setdefault("JAVA_TOOL_OPTIONS", "-XX:TieredStopAtLevel=1")


@pytest.fixture(autouse=True)
def no_secrets_of_other_tests(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let messages show what other tests had as a password, such as a word."""
    monkeypatch.setattr(masking, "_known", set())


@pytest.fixture(scope="session")
def minicluster() -> "Iterator[MiniCluster]":
    from tests.support.minicluster import MiniCluster  # noqa: PLC0415 - loads Java: not for fast tests

    cluster = MiniCluster(Settings())
    yield cluster
    cluster.close()


@pytest.fixture(scope="module")
def world() -> "Iterator[RunningPipeline]":
    """Start broker, registry, gate and job on free ports, with empty topics."""
    from tests.support.running_pipeline import pipeline  # noqa: PLC0415

    with pipeline() as there:
        yield there


@pytest.fixture(scope="session")
def postgresql() -> Iterator[str]:
    """Start a PostgreSQL server; return its URL. Skips where there is none."""
    from tests.support.databases import postgresql_server  # noqa: PLC0415 - starts in a second

    with ExitStack() as stack:
        try:
            url = stack.enter_context(postgresql_server())
        except (ImportError, OSError, RuntimeError, SubprocessError) as error:
            pytest.skip(f"no PostgreSQL server can be started: {error!r}")
        yield url


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Settings]:
    """Return the settings of an empty database: a test runs on SQLite and on PostgreSQL."""
    from tests.support.databases import empty_database  # noqa: PLC0415

    settings = Settings(state=tmp_path / "state")
    if request.param == "sqlite":
        yield settings
        return
    with empty_database(request.getfixturevalue("postgresql")) as url:
        yield replace(settings, database=url)
