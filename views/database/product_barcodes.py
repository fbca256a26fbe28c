"""The table `product_barcodes`: the products of a code, which a scan looks up in an index.

A SKU that is a GTIN is a code of its product, too: a scanner may read it with other leading zeros.
"""

from collections.abc import Iterable

from sqlalchemy import Column, Connection, Index, Select, Table, bindparam, delete, insert, select

from schemas.generated import Product
from views.barcodes import codes, forms, is_gtin
from views.database.column_types import Characters
from views.database.tables import METADATA

BARCODES = Table(
    "product_barcodes",
    METADATA,
    Column("barcode", Characters, primary_key=True),
    Column("sku", Characters, primary_key=True),
    Index("product_barcodes_by_sku", "sku"),
)
"""barcode: in each of its forms (views.barcodes)."""


def skus_of(code: str) -> Select[tuple[str]]:
    """Select the SKUs of the products that have a code."""
    return select(BARCODES.c.sku).where(BARCODES.c.barcode.in_(forms(code))).distinct()


def write_barcodes(connection: Connection, products: Iterable[Product]) -> None:
    """Write the codes of some products in place of those that they had."""
    codes_by_sku = {product.sku: _codes(product) for product in products}
    delete_barcodes(connection, codes_by_sku)
    rows = [{"barcode": code, "sku": sku} for sku, held in codes_by_sku.items() for code in held]
    if rows:
        connection.execute(insert(BARCODES), rows)


def delete_barcodes(connection: Connection, skus: Iterable[str]) -> None:
    rows = [{"of_sku": sku} for sku in skus]
    if rows:
        connection.execute(delete(BARCODES).where(BARCODES.c.sku == bindparam("of_sku")), rows)


def _codes(product: Product) -> set[str]:
    of_sku = [product.sku] if is_gtin(product.sku) else []
    return {form for code in (*codes(product.barcodes), *of_sku) for form in forms(code)}
