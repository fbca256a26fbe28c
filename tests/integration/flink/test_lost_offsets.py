"""A partition without the offset that the job needs ends the job: it is not read again."""

import pytest
from pyflink.datastream import StreamExecutionEnvironment
from rich.console import Console

from connect.settings import Settings
from flink import graph, source_topics, statements
from flink.configuration import configuration, execution_environment, prepare_process
from schemas.generated import EVENTS
from stack.fetch import fetch

pytestmark = pytest.mark.slow


def consumers(environment: StreamExecutionEnvironment) -> list[str]:
    """Return auto.offset.reset of the consumer of each source in the job's plan."""
    resets: list[str] = []
    for root in environment._j_stream_execution_environment.getTransformations():
        for operator in root.getTransitivePredecessors():
            if operator.getClass().getSimpleName() == "SourceTransformation":
                options = operator.getSource().getClass().getDeclaredField("props")
                options.setAccessible(True)
                resets.append(options.get(operator.getSource()).getProperty("auto.offset.reset"))
    return resets


def test_no_source_chooses_another_offset_by_itself() -> None:
    settings = Settings()
    fetch(settings.state, Console(quiet=True), ["flink"])
    prepare_process(settings)
    environment = execution_environment(configuration(settings))
    tables = graph.open_tables(environment)
    for definition in statements.tables(settings):
        tables.execute_sql(definition)
    graph.create_views(tables, settings)
    for inserts in graph.statement_sets(tables, settings):
        inserts.attach_as_datastream()
    source_topics.fail_on_lost_offsets(environment)
    resets = consumers(environment)
    assert len(resets) >= len(EVENTS)
    assert set(resets) == {"none"}
