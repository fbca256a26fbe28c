"""The SQL of the job: files of one statement, with the settings filled in."""

from pathlib import Path
from string import Template

from connect.settings import Settings

SQL = Path(__file__).parent / "sql"

MOVEMENTS = SQL / "1_movements.sql"
ONCE = SQL / "2_once.sql"
INVENTORY_LEVELS = SQL / "3_inventory_levels.sql"
SALES_PER_MINUTE = SQL / "4_sales_per_minute.sql"


def tables(settings: Settings) -> list[str]:
    """The CREATE TABLE statements that come from the contracts."""
    names = {
        "kafka": settings.kafka_servers,
        "registry": settings.registry_url,
        "delivery": settings.delivery,
    }
    files = sorted((SQL / "generated").glob("*.sql"))
    return [Template(file.read_text("utf-8")).substitute(names) for file in files]


def read(file: Path) -> str:
    """The statement of one file."""
    return file.read_text("utf-8")


def all_files() -> list[Path]:
    """Every file that says what the job computes, in the order of their names."""
    return sorted(SQL.rglob("*.sql"))
