"""The plan of the whole job: its states and its clocks."""

import re
from dataclasses import replace
from pathlib import Path

import pytest

from connect.settings import Settings
from flink import graph, statements
from flink.state_signature import state_signature
from schemas.generated import EVENTS
from tests.support.minicluster import OFTEN, MiniCluster, Session

pytestmark = pytest.mark.slow


def blackhole(session: Session, table: str) -> None:
    """Put a sink without connector in front of a table."""
    session.tables.execute_sql(
        f"CREATE TEMPORARY TABLE {table} WITH ('connector' = 'blackhole') "
        f"LIKE default_catalog.default_database.{table} (EXCLUDING OPTIONS)"
    )


def whole_job(minicluster: MiniCluster, folder: Path, settings: Settings = OFTEN) -> Session:
    """Plan both sides of the boundary, with blackhole sinks."""
    session = minicluster.session(folder, settings=settings)
    written = [file for files in statements.statement_sets() for file in files]
    for file in written:
        table = re.search(r"INSERT INTO (\w+)", statements.read(file, session.settings))
        assert table
        blackhole(session, table[1])
    for inserts in graph.statement_sets(session.tables, session.settings):
        inserts.attach_as_datastream()
    return session


@pytest.fixture(scope="module")
def plan(minicluster: MiniCluster, tmp_path_factory: pytest.TempPathFactory) -> str:
    """Every operator of the job, as JSON."""
    session = whole_job(minicluster, tmp_path_factory.mktemp("events"))
    return str(session.environment.get_execution_plan())


def test_the_whole_job_has_one_state_of_seen_ids_and_it_only_inserts(plan: str) -> None:
    assert len(re.findall(r'"type" : "FirstDelivery"', plan)) == 1
    assert "Deduplicate" not in plan
    assert "ChangelogNormalize" not in plan


def test_no_operator_keeps_the_history_of_a_sink(plan: str) -> None:
    assert "SinkMaterializer" not in plan
    assert "UpsertMaterialize" not in plan


def test_batches_end_by_the_clock_and_no_window_waits_for_a_watermark(plan: str) -> None:
    modes = re.findall(r"MiniBatchAssigner\(interval=\[\d+ms\], mode=\[(\w+)\]", plan)
    assert modes
    assert set(modes) == {"ProcTime"}
    assert "WindowAggregate" not in plan


def test_levels_minutes_and_items_are_worked_out_and_published_one_event_at_a_time(
    plan: str,
) -> None:
    functions = re.findall(r'"type" : "ProcessTableFunction\[\d+\]"', plan)
    assert len(functions) == len(["levels", "minutes", *2 * ("orders", "transfers")])
    assert "ChangelogNormalize" not in plan
    assert "Join" not in plan


def test_every_topic_is_read_once(plan: str) -> None:
    sources = set(re.findall(r"Source: (\w+)\[\d+\]", plan))
    assert len(re.findall(r'"type" : "Source: ', plan)) == len(EVENTS), sources


def test_state_stays_when_settings_change_that_it_does_not_depend_on(
    minicluster: MiniCluster, tmp_path: Path
) -> None:
    def planned(settings: Settings) -> str:
        return state_signature(whole_job(minicluster, tmp_path, settings).environment)

    forgetful = replace(OFTEN, dedup_seconds=3600)
    usual = planned(forgetful)
    assert planned(replace(forgetful, days_milliseconds=70)) == usual
    assert planned(replace(forgetful, kafka="elsewhere:9092")) == usual
    counting = replace(forgetful, count_seconds=60)
    assert planned(counting) != usual, "the movements are kept for longer"
    assert planned(replace(forgetful, dedup_seconds=60)) != usual, "the ids are kept for less"
    assert planned(replace(forgetful, finished_seconds=60)) != usual, "finished orders end"
