"""Options of the job's tables that keep it from waiting for ever, and its transactions valid."""

import re

import pytest

from connect.settings import Settings
from flink import statements

KAFKA_S_MAXIMUM = 15 * 60_000
"""Kafka's default of transaction.max.timeout.ms."""
FORMATS = ("contract-avro", "avro-confluent")
TABLES = [
    table
    for name in FORMATS
    for table in statements.tables(Settings(delivery="exactly-once", avro_format=name))
]
SINKS = [table for table in TABLES if "'upsert-kafka'" in table]


@pytest.mark.parametrize("table", TABLES)
def test_every_request_to_the_registry_has_a_time_limit(table: str) -> None:
    for part, name in re.findall(r"'(key|value)\.format' = '(.+)'", table):
        assert name in FORMATS
        for step in ("connect", "read"):
            option = rf"'{part}\.{name}\.properties\.http\.{step}\.timeout\.ms' = '(\d+)'"
            (milliseconds,) = re.findall(option, table)
            assert 0 < int(milliseconds) < 10_000


@pytest.mark.parametrize("table", SINKS)
def test_kafka_accepts_the_time_out_of_the_transactions(table: str) -> None:
    (milliseconds,) = re.findall(r"'properties\.transaction\.timeout\.ms' = '(\d+)'", table)
    assert 0 < int(milliseconds) <= KAFKA_S_MAXIMUM
