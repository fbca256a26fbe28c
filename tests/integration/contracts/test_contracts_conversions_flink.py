"""The casts and assignments that `check` allows in a conversion are those of Flink's planner."""

from itertools import product

import pytest
from py4j.protocol import Py4JJavaError
from pyflink.table import EnvironmentSettings, TableEnvironment
from pyflink.util.exceptions import TableException

from connect.settings import Settings
from contracts.compatibility.conversion_types import CAST
from contracts.readers.expression_types import WIDER
from flink.configuration import prepare_process

pytestmark = [pytest.mark.slow, pytest.mark.nightly]
TYPES = {name: name for name in CAST} | {"DECIMAL": "DECIMAL(10, 2)", "TIMESTAMP": "TIMESTAMP(3)"}


@pytest.fixture(scope="module")
def tables() -> TableEnvironment:
    prepare_process(Settings())
    environment = TableEnvironment.create(EnvironmentSettings.in_streaming_mode())
    columns = ", ".join(f"of_{name} {kind} NOT NULL" for name, kind in TYPES.items())
    environment.execute_sql(f"CREATE TABLE source ({columns}) WITH ('connector' = 'datagen')")
    for name, kind in TYPES.items():
        environment.execute_sql(
            f"CREATE TABLE to_{name} (c {kind} NOT NULL) WITH ('connector' = 'blackhole')"
        )
    return environment


def is_planned(tables: TableEnvironment, target: str, value: str) -> bool:
    try:
        tables.explain_sql(f"INSERT INTO to_{target} SELECT {value} FROM source")
    except (Py4JJavaError, TableException):
        return False
    return True


@pytest.mark.parametrize(("begin", "end"), [*product(TYPES, TYPES)])
def test_flink_plans_what_check_allows_and_refuses_the_rest(
    begin: str, end: str, tables: TableEnvironment
) -> None:
    cast = f"CAST(of_{begin} AS {TYPES[end]})"
    assert is_planned(tables, end, cast) == (begin == end or end in CAST[begin])
    assert is_planned(tables, end, f"of_{begin}") == (begin == end or end in WIDER.get(begin, ()))
