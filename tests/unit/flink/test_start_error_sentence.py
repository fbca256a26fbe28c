"""The sentence of a failed start, from stack traces as Flink 2.3 prints them."""

from pyflink.util.exceptions import JavaException

from flink import start_error, statements

LEVELS = statements.INVENTORY_LEVELS
MISMATCH = """\
org.apache.flink.table.api.ValidationException: Column types of query result and sink for \
'default_catalog.default_database.inventory_levels' do not match.
Cause: Different number of columns.

Query schema: [store_id: STRING NOT NULL, on_hand: DECIMAL(12, 2)]
Sink schema:  [store_id: STRING NOT NULL, on_hand: DECIMAL(12, 2), last_sold_at: TIMESTAMP(3)]
\tat org.apache.flink.table.planner.connectors.DynamicSinkUtils.createSchemaMismatchException
\tat java.base/java.lang.Thread.run(Thread.java:840)
"""
UNKNOWN_TABLE = """\
An error occurred while calling o72.executeSql.
: org.apache.calcite.runtime.CalciteContextException: From line 21, column 6 to line 21, column \
16: Object 'adjustmentz' not found
\tat java.base/java.lang.Thread.run(Thread.java:840)
Caused by: org.apache.calcite.sql.validate.SqlValidatorException: Object 'adjustmentz' not found
\t... 27 more
"""
JOB_FAILED = """\
org.apache.flink.runtime.client.JobExecutionException: Job execution failed.
\tat org.apache.flink.runtime.jobmaster.JobResult.toJobExecutionResult(JobResult.java:144)
Caused by: org.apache.flink.runtime.JobException: Recovery is suppressed by a strategy
\tat org.apache.flink.runtime.executiongraph.failover.ExecutionFailureHandler.handleFailure
\t... 4 more
Caused by: java.net.SocketTimeoutException: Read timed out
\tat java.base/sun.nio.ch.NioSocketImpl.timedRead(NioSocketImpl.java:278)
"""


def sentence(trace: str) -> str:
    error = JavaException(trace)
    error.add_note(str(statements.STOCK_LEDGER))
    error.add_note(str(LEVELS))
    return start_error.sentence(error)


def test_a_mismatch_names_the_statement_of_the_sink_and_the_column() -> None:
    assert sentence(MISMATCH) == (
        "flink/sql/4_inventory_levels.sql (schemas/inventory_level.avsc): the query lacks "
        "last_sold_at: Column types of query result and sink for "
        "'default_catalog.default_database.inventory_levels' do not match. Cause: Different "
        "number of columns."
    )


def test_a_column_without_a_contract_is_named() -> None:
    swapped = MISMATCH.replace("Query schema: ", "X").replace("Sink schema:  ", "Query schema: ")
    assert "the contract lacks last_sold_at: " in sentence(swapped.replace("X", "Sink schema: "))


def test_the_line_of_the_statement_is_named() -> None:
    assert start_error.sentence(JavaException(UNKNOWN_TABLE)) == (
        "From line 21, column 6 to line 21, column 16: Object 'adjustmentz' not found"
    )


def test_the_line_in_the_file_of_the_statement_is_named() -> None:
    error = JavaException(UNKNOWN_TABLE)
    error.add_note(str(statements.STAGING / "stg_adjustments.sql"))
    place = "flink/sql/staging/stg_adjustments.sql:21 (schemas/adjustment.avsc): "
    assert start_error.sentence(error).startswith(place)


def test_the_innermost_error_counts_when_no_statement_is_wrong() -> None:
    assert (
        start_error.sentence(JavaException(JOB_FAILED)) == "SocketTimeoutException: Read timed out"
    )
    assert start_error.sentence(JavaException("no trace")) == "no trace"
