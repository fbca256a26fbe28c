"""Mistakes that the harness has to notice, each planted into one process when it starts.

They are the four that at-least-once pipelines are known for. The product's code has none of them,
and no switch for them.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from connect.settings import Settings

LEDGER = "ledger_entry.sql"


class Planted(NamedTuple):
    """A mistake."""

    process: str
    """Service that makes it."""
    plant: Callable[[], None]


def _commit_before_delivery() -> None:
    """The gate commits offsets of records that Kafka has not acknowledged yet."""
    from gate.forwarder import Forwarder  # noqa: PLC0415

    def flush(self: Forwarder, seconds: float) -> bool:  # noqa: ARG001
        self.poll()
        return True

    Forwarder.flush = flush  # type: ignore[method-assign]


def _early_forgetting() -> None:
    """The deduplication forgets an event_id after a second of log time."""
    Settings.id_seconds = property(lambda _: 1)  # type: ignore[assignment, method-assign]


def _offsets_outside() -> None:
    """The read model commits the offsets of a batch before its rows."""
    from views.database import read_offsets  # noqa: PLC0415

    save = read_offsets.save

    def save_at_once(connection: Any, before: Any, after: Any) -> None:
        save(connection, before, after)
        connection.exec_driver_sql("COMMIT")
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    read_offsets.save = save_at_once


def keyless(table: str) -> str:
    """Return the statement that creates a table that only appends. table: the upserting one."""
    table = re.sub(r",\s*PRIMARY KEY \(event_id\) NOT ENFORCED", "", table)
    table = re.sub(r"^ +'key\..*\n", "", table, flags=re.MULTILINE)
    return table.replace("'upsert-kafka'", "'kafka'")


def _keyless_ledger() -> None:
    """The job appends entries to the ledger, without the key by which a repeat replaces one."""
    from flink import statements  # noqa: PLC0415

    read = statements.read

    def read_keyless(file: Path, settings: Settings, **names: str) -> str:
        text = read(file, settings, **names)
        return keyless(text) if file.name == LEDGER else text

    statements.read = read_keyless


PLANTED: Mapping[str, Planted] = {
    "commit-before-delivery": Planted("gate", _commit_before_delivery),
    "early-forgetting": Planted("job", _early_forgetting),
    "offsets-outside": Planted("views", _offsets_outside),
    "keyless-ledger": Planted("job", _keyless_ledger),
}


def plant(name: str) -> None:
    """Let this process make a mistake."""
    PLANTED[name].plant()


def planted_in(process: str, name: str | None) -> Sequence[str]:
    """Return the name of the mistake if it is one of this process, else nothing."""
    return [name] if name and PLANTED[name].process == process else []
