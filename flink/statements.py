"""The SQL of the job: files of one statement, with the settings filled in."""

import re
from collections.abc import Iterator
from pathlib import Path
from string import Template

from connect.settings import Settings
from flink import client_security

SQL = Path(__file__).parent / "sql"

EVENTS = SQL / "1_events.sql"
ONCE = SQL / "2_deduplicated.sql"
STOCK_LEVEL = SQL / "3_stock_level.sql"
INVENTORY_LEVELS = SQL / "4_inventory_levels.sql"
STOCK_LEDGER = SQL / "5_stock_ledger.sql"
SALES_PER_MINUTE = SQL / "6_sales_per_minute.sql"
SALES_BY_DAY = SQL / "7_sales_by_day.sql"
OPEN_ORDERS = SQL / "8_open_orders.sql"
OPEN_TRANSFERS = SQL / "9_open_transfers.sql"
OPTION = SQL / "option.sql"

CREATED = re.compile(r"^CREATE TABLE (\w+)", re.MULTILINE)
FORMATS = re.compile(r"'(key|value)\.format'")


def tables(settings: Settings) -> Iterator[str]:
    """The statements that make the contracts' tables.

    Raises UserError when a file of client settings is not what Flink's clients can use.
    """
    for file in sorted((SQL / "generated").glob("*.sql")):
        created = read(file, settings)
        yield created
        (table,) = CREATED.findall(created)
        for option, value in client_security.options(settings, FORMATS.findall(created)):
            yield read(OPTION, settings, table=table, option=option, value=_escaped(value))


def read(file: Path, settings: Settings, **further: str) -> str:
    """The statement of one file. further: what it names besides settings."""
    names = {
        "kafka": settings.kafka_servers,
        "topic_prefix": settings.topic_prefix,
        "registry": settings.registry_url,
        "delivery": settings.delivery,
        "count_seconds": str(settings.count_seconds),
    }
    return Template(file.read_text("utf-8")).substitute(names | further)


def _escaped(text: str) -> str:
    return text.replace("'", "''")
