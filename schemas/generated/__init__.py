# Generated from schemas/*.avsc by `make schemas`: change those files, not this one.
"""A dataclass for every contract."""

from schemas.generated.inventory_level import InventoryLevel
from schemas.generated.product import Product
from schemas.generated.sales_per_minute import SalesPerMinute
from schemas.generated.shipment import Shipment
from schemas.generated.transaction import Transaction

__all__ = [
    "InventoryLevel",
    "Product",
    "SalesPerMinute",
    "Shipment",
    "Transaction",
]
