"""Hypothesis profiles, and the Flink cluster and the pipeline of a test session."""

import os
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings
from rich.console import Console

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


@pytest.fixture(scope="session")
def minicluster() -> "Iterator[MiniCluster]":
    from tests.support.minicluster import MiniCluster  # noqa: PLC0415 - loads Java: not for fast tests

    cluster = MiniCluster(Settings())
    yield cluster
    cluster.close()


@pytest.fixture(scope="session")
def world() -> "Iterator[RunningPipeline]":
    """Start broker, registry, gate and job on free ports, with empty topics."""
    from stack.runtime import Stack  # noqa: PLC0415
    from tests.support.running_pipeline import RunningPipeline  # noqa: PLC0415

    with Stack.on_free_ports(["registry", "kafka"], checkpoint_seconds=2) as stack:
        stack.names += ["gate", "job"]
        stack.fetch(Console(quiet=True))
        pipeline = RunningPipeline(stack)
        applied = pipeline.run("contracts", "apply")
        assert applied.returncode == 0, applied.stderr
        pipeline.start_job()
        yield pipeline
