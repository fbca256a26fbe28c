# Generated from schemas/*.avsc by `make schemas`: change those files, not this one.
"""A dataclass for every contract; EVENTS are those of the topics that the job reads."""

from schemas.generated.adjustment import Adjustment
from schemas.generated.inventory_level import InventoryLevel
from schemas.generated.ledger_entry import LedgerEntry
from schemas.generated.open_order import OpenOrder
from schemas.generated.open_transfer import OpenTransfer
from schemas.generated.product import Product
from schemas.generated.quarantined_record import QuarantinedRecord
from schemas.generated.redrive import Redrive
from schemas.generated.replenishment_order import ReplenishmentOrder
from schemas.generated.sales_by_day import SalesByDay
from schemas.generated.sales_per_minute import SalesPerMinute
from schemas.generated.shipment import Shipment
from schemas.generated.stock_count import StockCount
from schemas.generated.transaction import Transaction
from schemas.generated.transfer import Transfer

AnyEvent = Adjustment | ReplenishmentOrder | Shipment | StockCount | Transaction | Transfer
EVENTS: tuple[type[AnyEvent], ...] = (
    Adjustment,
    ReplenishmentOrder,
    Shipment,
    StockCount,
    Transaction,
    Transfer,
)

__all__ = [
    "EVENTS",
    "Adjustment",
    "AnyEvent",
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
    "Transaction",
    "Transfer",
]
