"""The plan of the whole job: what is kept, how often, and on whose clock."""

import re

import pytest

from flink import graph, statements
from tests.minicluster import MiniCluster

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def plan(minicluster: MiniCluster, tmp_path_factory: pytest.TempPathFactory) -> str:
    """Every operator of the job that would run, both sides of the boundary, as JSON."""
    session = minicluster.session(tmp_path_factory.mktemp("events"))
    for file in (statements.INVENTORY_LEVELS, statements.SALES_PER_MINUTE):
        table = re.search(r"INSERT INTO (\w+)", statements.read(file))
        assert table
        session.tables.execute_sql(
            f"CREATE TEMPORARY TABLE {table[1]} WITH ('connector' = 'blackhole') "
            f"LIKE default_catalog.default_database.{table[1]} (EXCLUDING OPTIONS)"
        )
    graph.insert_all(session.tables).attach_as_datastream()
    return str(session.environment.get_execution_plan())


def test_the_whole_job_has_one_state_of_seen_ids_and_it_only_inserts(plan: str) -> None:
    deduplicates = re.findall(r"Deduplicate\(keep=\[FirstRow\][^)]*\)", plan)
    assert len(set(re.findall(r"Deduplicate\[\d+\]", plan))) == 1
    assert len(deduplicates) == 1
    assert "outputInsertOnly=[true]" in deduplicates[0]


def test_no_operator_keeps_the_history_of_a_sink(plan: str) -> None:
    assert "SinkMaterializer" not in plan
    assert "UpsertMaterialize" not in plan


def test_levels_do_not_wait_for_a_watermark_or_a_bundle(plan: str) -> None:
    assert "MiniBatchAssigner" not in plan
    assert len(set(re.findall(r"GroupAggregate\[\d+\]", plan))) == 1
    assert "WindowAggregate" in plan
