"""The peer that the job is measured beside."""

import pytest
from rich.console import Console

from benchmarks.peers.datastream_job import SOURCES
from connect.settings import Settings
from flink import udf_jar
from stack.fetch import fetch

pytestmark = pytest.mark.slow


def test_the_peer_compiles_against_the_jars_of_the_job() -> None:
    fetch(Settings().state, Console(quiet=True), ["flink"])
    assert udf_jar.compiled(Settings(), SOURCES).exists()
