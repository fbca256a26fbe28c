"""Reference job for the cost benchmark: union, deduplication, one plain aggregate, sink."""

from pathlib import Path

from connect.settings import Settings
from flink import graph, statements
from flink.configuration import configuration, execution_environment, keep_state, prepare_process

LEVELS = Path(__file__).parent / "plain_levels.sql"


def main() -> None:
    settings = Settings.from_environment()
    prepare_process(settings)
    environment = execution_environment(configuration(settings))
    keep_state(environment, settings.checkpoint_url, None, {})
    tables = graph.open_tables(environment)
    for definition in statements.tables(settings):
        tables.execute_sql(definition)
    graph.create_views(tables, settings)
    graph.set_planner_options(tables, LEVELS, settings)
    tables.execute_sql(statements.read(LEVELS, settings)).wait()


if __name__ == "__main__":
    main()
