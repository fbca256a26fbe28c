"""Writers and readers of each contract's topic.

The contracts declare what the job reads and writes (`flink`); this table declares the other
rooms, and a test compares it with their imports.
"""

from dataclasses import dataclass

from contracts.contract import Contract

EVENTS = "EVENTS"
"""Stands for every contract that the job reads, as schemas.generated.EVENTS does."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Participant:
    """A room that reads or writes topics."""

    name: str
    folder: str
    """Its code, below the project's root."""
    writes: frozenset[str] = frozenset()
    """Names of contracts, or EVENTS."""
    reads: frozenset[str] = frozenset()
    """Names of contracts, or EVENTS."""


OPEN = frozenset(("OpenOrder", "OpenTransfer"))
QUARANTINE = frozenset(("QuarantinedRecord", "Redrive"))
JOB = Participant(name="job", folder="flink")
ROOMS = (
    Participant(
        name="simulator",
        folder="producers/simulator",
        writes=frozenset((EVENTS, "Product")),
        reads=frozenset(("InventoryLevel", "OpenOrder")),
    ),
    Participant(
        name="replenisher",
        folder="producers/replenisher",
        writes=frozenset(("ReplenishmentOrder", "Shipment")),
        reads=frozenset(("Product", "InventoryLevel", "OpenOrder", "SalesByDay")),
    ),
    Participant(
        name="replay",
        folder="producers/replay",
        writes=frozenset(("Transaction", "Shipment", "Product")),
    ),
    Participant(
        name="gate", folder="gate", writes=QUARANTINE | {EVENTS}, reads=QUARANTINE | {EVENTS}
    ),
    Participant(
        name="dashboard",
        folder="dashboard",
        reads=OPEN | QUARANTINE | {"InventoryLevel", "Product", "SalesPerMinute", "SalesByDay"},
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
    return job + [room for room in ROOMS if _names(contract) & room.writes]


def readers(contract: Contract) -> list[Participant]:
    """Return the participants that read the contract's topic, the job first."""
    job = [JOB] if contract.flink == "source" else []
    return job + [room for room in ROOMS if _names(contract) & room.reads]


def _names(contract: Contract) -> set[str]:
    return {contract.name, EVENTS} if contract.flink == "source" else {contract.name}
