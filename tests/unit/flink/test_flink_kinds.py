"""The lists of kinds agree: every event is counted by a statement or quarantined by the job."""

import re

from connect.settings import Settings
from flink import statements, udf_jar

QUOTED = re.compile(r"'(\w+)'")
IN = re.compile(r"kind (?:NOT )?IN \(([^)]*)\)")
OF_LEDGER = re.compile(r"IN_LEDGER =\s+Stream\.of\(([^)]*)\)")
CASE = re.compile(r'case "(\w+)"')


def kinds_of(number: int) -> set[str]:
    """Return the kinds that the statement with this number lists."""
    (file,) = statements.SQL.glob(f"{number}_*.sql")
    text = statements.read(file, Settings())
    lists = IN.findall(text)
    assert lists or "kind = '" in text
    return {kind for each in lists for kind in QUOTED.findall(each)}


def java(name: str) -> str:
    (source,) = (file for file in udf_jar.sources() if file.stem == name)
    return source.read_text("utf-8")


def test_the_job_quarantines_every_kind_that_no_other_statement_counts() -> None:
    counted = set().union(*(kinds_of(number) for number in range(4, 10)))
    assert kinds_of(10) == counted


def test_the_function_knows_every_kind_that_its_statement_passes() -> None:
    assert kinds_of(4) == {*CASE.findall(java("StockLevel")), "count"}


def test_the_ids_of_every_kind_in_the_ledger_are_apart_from_the_others() -> None:
    """See flink/java/FirstDelivery.java."""
    (kinds,) = OF_LEDGER.findall(java("FirstDelivery"))
    assert kinds_of(5) == set(re.findall(r'"(\w+)"', kinds))
