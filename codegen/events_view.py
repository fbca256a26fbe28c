"""The union of all staging views: the text of flink/sql/generated/events.sql."""

from collections.abc import Iterable

from contracts import naming
from contracts.contract import Contract


def create_view(contracts: Iterable[Contract]) -> str:
    """Return the CREATE VIEW statement over stg_<table> of each contract with "flink": "source"."""
    selects = [
        f"SELECT * FROM stg_{naming.table(contract.topic.name)}"
        for contract in contracts
        if contract.flink == "source"
    ]
    return "\n".join(
        [
            "-- Generated from schemas/*.avsc by `make schemas`: change those files, not this one.",
            "-- All events in one form; the staging view of a source is in sql/staging/stg_*.sql.",
            "CREATE TEMPORARY VIEW events AS",
            "\nUNION ALL\n".join(selects),
            "",
        ]
    )
