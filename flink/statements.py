"""The SQL of the job: files of one statement, with the settings filled in."""

from pathlib import Path
from string import Template

from connect.settings import Settings

SQL = Path(__file__).parent / "sql"

EVENTS = SQL / "1_events.sql"
ONCE = SQL / "2_once.sql"
STOCK_LEVEL = SQL / "3_stock_level.sql"
INVENTORY_LEVELS = SQL / "4_inventory_levels.sql"
STOCK_LEDGER = SQL / "5_stock_ledger.sql"
SALES_PER_MINUTE = SQL / "6_sales_per_minute.sql"
SALES_BY_DAY = SQL / "7_sales_by_day.sql"
OPEN_ORDERS = SQL / "8_open_orders.sql"
OPEN_TRANSFERS = SQL / "9_open_transfers.sql"


def tables(settings: Settings) -> list[str]:
    """The CREATE TABLE statements that come from the contracts."""
    return [read(file, settings) for file in sorted((SQL / "generated").glob("*.sql"))]


def read(file: Path, settings: Settings) -> str:
    """The statement of one file."""
    names = {
        "kafka": settings.kafka_servers,
        "inbound": settings.inbound,
        "registry": settings.registry_url,
        "delivery": settings.delivery,
        "count_seconds": str(settings.count_seconds),
    }
    return Template(file.read_text("utf-8")).substitute(names)
