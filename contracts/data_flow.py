"""Writers and readers of each contract's topic.

The contracts declare what the job reads and writes (`flink`); this table declares the other
participants, and a test compares it with their imports. What queries the read model reads no topic.
contracts.deployment.kafka_clients adds what they do beside: accepted topics, groups, transactions.
"""

from collections.abc import Callable
from dataclasses import dataclass

from contracts.accepted_topic import is_gated
from contracts.contract import Contract

EVENTS = "EVENTS"
"""Stands for every contract that the job reads, as schemas.generated.EVENTS does."""
GATED = "GATED"
"""Stands for every contract that the gate reads, as schemas.generated.GATED does."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Participant:
    """A service or command that reads or writes topics."""

    name: str
    folder: str
    """Its code, below the project's root."""
    writes: frozenset[str] = frozenset()
    """Names of contracts, EVENTS or GATED."""
    reads: frozenset[str] = frozenset()
    """Names of contracts, EVENTS or GATED."""


OPEN = frozenset(("OpenOrder", "OpenTransfer"))
QUARANTINE = frozenset(("QuarantinedRecord", "Redrive"))
JOB = Participant(name="job", folder="flink", reads=frozenset((EVENTS, "GateLimits")))
CONVERTER = Participant(name="converter", folder="flink")
"""Reads and writes both topics of each succession."""
VIEWS = Participant(
    name="views",
    folder="views",
    reads=OPEN
    | QUARANTINE
    | {"InventoryLevel", "LedgerEntry", "Product", "SalesByDay", "SalesPerMinute", "Store"},
)
"""The read model: its tables are what the dashboard and the export query."""
PARTICIPANTS = (
    JOB,
    Participant(
        name="simulator",
        folder="producers/simulator",
        writes=frozenset((EVENTS, "Product", "Store")),
        reads=OPEN | {"InventoryLevel", "Shipment", "Transfer"},
    ),
    Participant(
        name="replenisher",
        folder="producers/replenisher",
        writes=frozenset(("ReplenishmentOrder", "Shipment")),
        reads=OPEN | {"Product", "InventoryLevel", "SalesByDay", "ReplenishmentOrder", "Shipment"},
    ),
    Participant(
        name="replay",
        folder="producers/replay",
        writes=frozenset((EVENTS, "Product", "Store")),
    ),
    Participant(
        name="gate",
        folder="gate",
        writes=QUARANTINE | {GATED, "GateLimits"},
        reads=QUARANTINE | {GATED},
    ),
    VIEWS,
    Participant(
        name="dashboard",
        folder="dashboard",
        writes=frozenset(("StockCount", "Shipment", "Transfer", "Adjustment")),
    ),
    Participant(
        name="audit",
        folder="audit",
        reads=OPEN | {EVENTS, "InventoryLevel", "LedgerEntry", "SalesByDay", "QuarantinedRecord"},
    ),
)


def writers(contract: Contract) -> list[Participant]:
    """Return the participants that write the contract's topic, the job first."""
    job = [JOB] if contract.flink == "sink" else []
    return [*job, *_users(contract, lambda each: each.writes)]


def readers(contract: Contract) -> list[Participant]:
    """Return the participants that read the contract's topic, the job first."""
    return _users(contract, lambda each: each.reads)


def _users(contract: Contract, uses: Callable[[Participant], frozenset[str]]) -> list[Participant]:
    users = [each for each in PARTICIPANTS if names_of(contract) & uses(each)]
    return [*users, CONVERTER] if contract.paired else users


def names_of(contract: Contract) -> set[str]:
    """Return the names that stand for a contract in the table: its own, EVENTS, GATED."""
    names = {contract.name}
    if contract.flink == "source":
        names.add(EVENTS)
    if is_gated(contract):
        names.add(GATED)
    return names
