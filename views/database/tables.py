"""The tables: one for each contract of the read model, with the columns of its fields.

A table is named after its topic, such as inventory_levels, its primary key is the message key, and
its columns are the fields of the generated dataclass.
"""

from sqlalchemy import BigInteger, Boolean, Column, Index, Integer, MetaData, Table, Text

from schemas.generated import (
    InventoryLevel,
    LedgerEntry,
    OpenOrder,
    OpenTransfer,
    Product,
    QuarantinedRecord,
    Redrive,
    SalesByDay,
    SalesPerMinute,
    Store,
)
from schemas.record import Record
from views.database.column_types import Instant, column_type

CURRENT: tuple[type[Record], ...] = (Store, Product, InventoryLevel)
"""Contracts that are read first: with them the pages are useful."""
HISTORY: tuple[type[Record], ...] = (
    OpenOrder,
    OpenTransfer,
    SalesByDay,
    SalesPerMinute,
    QuarantinedRecord,
    Redrive,
    LedgerEntry,
)
INDEXES: dict[type[Record], tuple[tuple[str, ...], ...]] = {
    OpenOrder: (("store_id", "sku"),),
    OpenTransfer: (("to_store", "sku"), ("from_store", "sku")),
    SalesByDay: (("store_id", "business_day"), ("store_id", "sku", "business_day")),
    SalesPerMinute: (
        ("minute_start",),
        ("store_id", "minute_start"),
        ("store_id", "sku", "minute_start"),
    ),
    LedgerEntry: (("store_id", "sku", "occurred_at", "kind", "quantity"),),
    Product: (("unit", "sku"),),
    QuarantinedRecord: (("quarantined_at",),),
}
"""Columns of each table's indexes beside its primary key.

Those of sales that begin with a store and a SKU are for one shelf: without them SQLite reads all
sales of its store since a time. That of the ledger has what a balance is the sum of.
"""

METADATA = MetaData()


def _table(record_type: type[Record]) -> Table:
    name = record_type.TOPIC.replace("-", "_")
    columns = [
        Column(field.name, column_type(field), nullable=field.nullable)
        for field in record_type.FIELDS
    ]
    for column in columns:
        column.primary_key = column.name in record_type.KEY
    indexes = [Index(f"{name}_by_{'_'.join(each)}", *each) for each in INDEXES.get(record_type, ())]
    return Table(name, METADATA, *columns, *indexes)


TABLES: dict[type[Record], Table] = {each: _table(each) for each in (*CURRENT, *HISTORY)}


def _returns(ledger: Table) -> Index:
    """Index the returns of a store by time: of the ledger's rows they are few."""
    columns, of_returns = ledger.c, ledger.c.kind == "return"
    return Index(
        "stock_ledger_returns_of_products",
        columns.store_id,
        columns.occurred_at,
        columns.sku,
        columns.quantity,
        sqlite_where=of_returns,
        postgresql_where=of_returns,
    )


RETURNS = _returns(TABLES[LedgerEntry])

OFFSETS = Table(
    "read_offsets",
    METADATA,
    Column("topic", Text, primary_key=True),
    Column("partition", Integer, primary_key=True),
    Column("topic_id", Text, nullable=False),
    Column("next_offset", BigInteger, nullable=False),
    Column("start_offset", BigInteger, nullable=False, default=0),
    Column("end_offset", BigInteger, nullable=False),
    Column("read_at", Instant, nullable=False),
    Column("newest_at", Instant),
    Column("undecodable", BigInteger, nullable=False, default=0),
    Column("complete", Boolean, nullable=False, default=True),
    Column("rereading", Boolean, nullable=False, default=False),
)
"""Position in each partition, up to which it has been read; written in the transaction of the rows.

topic_id: Kafka's, which a topic that was deleted and created again does not keep.
next_offset: the next record to read; start_offset, end_offset: the ends of the partition when they
were last seen. read_at: all records that Kafka had at this time have been read. newest_at: Kafka's
timestamp of the newest record. undecodable: number of skipped records that cannot be decoded.
complete: the partition was read to its end at least once; until then rows may be missing.
rereading: the topic is read again from its start, after which the rows that it does not have any
more are deleted.
"""

DEFINITIONS = Table(
    "table_definitions",
    METADATA,
    Column("table_name", Text, primary_key=True),
    Column("definition", Text, nullable=False),
)
"""The contract's key and fields with which each table was made, as JSON."""
