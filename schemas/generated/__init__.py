# Generated from schemas/*.avsc by `python -m codegen generate`: change those files, not this one.
"""A dataclass for every contract; EVENTS are those of the topics that the job reads.

SUCCESSIONS are the pairs (old, new) of contracts that stand beside each other.
GATED are those of the topics that the gate reads: EVENTS, and what stands beside them.
"""

from schemas.record import Record

from .adjustment import Adjustment
from .gate_limits import GateLimits
from .inventory_level import InventoryLevel
from .ledger_entry import LedgerEntry
from .open_order import OpenOrder
from .open_transfer import OpenTransfer
from .product import Product
from .quarantined_record import QuarantinedRecord
from .redrive import Redrive
from .replenishment_order import ReplenishmentOrder
from .sales_by_day import SalesByDay
from .sales_per_minute import SalesPerMinute
from .shipment import Shipment
from .stock_count import StockCount
from .store import Store
from .transaction import Transaction
from .transfer import Transfer

AnyEvent = Adjustment | ReplenishmentOrder | Shipment | StockCount | Transaction | Transfer
EVENTS: tuple[type[AnyEvent], ...] = (
    Adjustment,
    ReplenishmentOrder,
    Shipment,
    StockCount,
    Transaction,
    Transfer,
)
SUCCESSIONS: tuple[tuple[type[Record], type[Record]], ...] = ()
GATED: tuple[type[Record], ...] = (*EVENTS,)

__all__ = [
    "EVENTS",
    "GATED",
    "SUCCESSIONS",
    "Adjustment",
    "AnyEvent",
    "GateLimits",
    "InventoryLevel",
    "LedgerEntry",
    "OpenOrder",
    "OpenTransfer",
    "Product",
    "QuarantinedRecord",
    "Redrive",
    "ReplenishmentOrder",
    "SalesByDay",
    "SalesPerMinute",
    "Shipment",
    "StockCount",
    "Store",
    "Transaction",
    "Transfer",
]
