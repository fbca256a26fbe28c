"""Who writes and who reads each contract's topic.

Of the job the contracts say it themselves (`flink`); of the other rooms this table says it, and
a test holds it against their imports.
"""

from dataclasses import dataclass

from contracts.contract import Contract


@dataclass(frozen=True, slots=True, kw_only=True)
class Participant:
    """One part of the pipeline that reads or writes topics."""

    name: str
    folder: str
    """Where its code is, below the project's root."""
    writes: frozenset[str] = frozenset()
    """Names of contracts."""
    reads: frozenset[str] = frozenset()


EVENTS = frozenset(
    ("Transaction", "Shipment", "StockCount", "Adjustment", "Transfer", "ReplenishmentOrder")
)
OPEN = frozenset(("OpenOrder", "OpenTransfer"))
ASIDE = frozenset(("QuarantinedRecord", "Redrive"))
JOB = Participant(name="job", folder="flink")
ROOMS = (
    Participant(
        name="simulator",
        folder="producers/simulator",
        writes=EVENTS | {"Product"},
        reads=frozenset(("InventoryLevel",)),
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
    Participant(name="gate", folder="gate", writes=ASIDE | EVENTS, reads=ASIDE | EVENTS),
    Participant(
        name="dashboard",
        folder="dashboard",
        reads=OPEN | ASIDE | {"InventoryLevel", "Product", "SalesPerMinute", "SalesByDay"},
    ),
    Participant(
        name="audit",
        folder="audit",
        reads=EVENTS | OPEN | {"InventoryLevel", "LedgerEntry", "SalesByDay", "QuarantinedRecord"},
    ),
)


def writers(contract: Contract) -> list[Participant]:
    job = [JOB] if contract.flink == "sink" else []
    return job + [room for room in ROOMS if contract.name in room.writes]


def readers(contract: Contract) -> list[Participant]:
    job = [JOB] if contract.flink == "source" else []
    return job + [room for room in ROOMS if contract.name in room.reads]
