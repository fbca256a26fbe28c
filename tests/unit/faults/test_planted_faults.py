"""Each planted mistake is one of a process that the harness starts."""

from connect.settings import Settings
from flink import statements
from tests.support.faults.fault_installation import SERVICES
from tests.support.faults.planted_faults import LEDGER, PLANTED, keyless, planted_in


def test_a_mistake_is_planted_into_one_process() -> None:
    for name in PLANTED:
        assert [process for process in SERVICES if planted_in(process, name)] == [
            PLANTED[name].process
        ]
    assert not [process for process in SERVICES if planted_in(process, None)]


def test_the_planted_ledger_appends_without_a_key() -> None:
    (table,) = [each for each in statements.tables(Settings()) if "stock_ledger" in each]
    assert (statements.EVENTS.parent / LEDGER).exists()
    assert "PRIMARY KEY (event_id)" in table
    appending = keyless(table)
    assert "PRIMARY KEY" not in appending
    assert "'key." not in appending
    assert "'connector' = 'kafka'" in appending
    assert appending.count("(") == appending.count(")")
