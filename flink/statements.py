"""The job's SQL: files of one statement each, with the settings filled in.

A file may begin with SET lines, as in Flink's SQL client: the planner options of its statement.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from string import Template

from connect.errors import UserError
from connect.kafka import CONVERSION_GROUP, JOB_GROUP
from connect.settings import EXACTLY_ONCE_SECONDS, Settings
from flink import client_security

SQL = Path(__file__).parent / "sql"

STAGING = SQL / "staging"
EVENTS = SQL / "generated" / "events.sql"
FUNCTIONS = SQL / "functions"
INVENTORY_LEVELS = SQL / "4_inventory_levels.sql"
STOCK_LEDGER = SQL / "5_stock_ledger.sql"
SALES_PER_MINUTE = SQL / "6_sales_per_minute.sql"
SALES_BY_DAY = SQL / "7_sales_by_day.sql"
OPEN_ORDERS = SQL / "8_open_orders.sql"
OPEN_TRANSFERS = SQL / "9_open_transfers.sql"
QUARANTINE = SQL / "10_quarantine.sql"
PLANNER = SQL / "planner.sql"
OPTION = SQL / "option.sql"

TRANSACTION_SECONDS = 2 * EXACTLY_ONCE_SECONDS
"""Time-out of a sink's transactions: within Kafka's default maximum of 15 minutes, unlike the
connector's default of an hour. One is open for the time between two checkpoints."""
STAGED = re.compile(r"^SELECT \* FROM (stg_\w+)$", re.MULTILINE)
"""A staging view that `events` unites."""
CREATED = re.compile(r"^CREATE TABLE (\w+)", re.MULTILINE)
INSERT = re.compile(r"^INSERT INTO ", re.MULTILINE)
SET = re.compile(r"^SET '(.+?)' = '(.*)';\n", re.MULTILINE)
PLACEHOLDER = re.compile(r"\$(?:\{(\w+)\})?")
COMMENT = re.compile("--.*")
WORD = re.compile(r"\w+")
ALL_COLUMNS = re.compile(r"\bSELECT\s+\*")
FORMATS = re.compile(r"'(key|value)\.format'")


def tables(settings: Settings) -> Iterator[str]:
    """Yield the statements that create the tables of the contracts.

    Raises UserError for a client configuration that Flink's clients do not support.
    """
    files = sorted(file for file in EVENTS.parent.glob("*.sql") if file != EVENTS)
    return _tables(files, settings)


def conversion_tables(settings: Settings) -> Iterator[str]:
    """Yield the statements that create the sources and sinks of the conversions."""
    return _tables(sorted((EVENTS.parent / "conversions").glob("*.sql")), settings)


def _tables(files: list[Path], settings: Settings) -> Iterator[str]:
    for file in files:
        created = read(file, settings)
        yield created
        (table,) = CREATED.findall(created)
        for option, value in client_security.options(settings, FORMATS.findall(created)):
            yield read(OPTION, settings, table=table, option=option, value=_escaped(value))


def require_files() -> None:
    """Raise UserError for a file that is missing or lacks its statement.

    Flink would name the statements that need it, or run the job without it.
    """
    united = [STAGING / f"{name}.sql" for name in STAGED.findall(_text(EVENTS))]
    for file in sorted({*united, *staging()}):
        created = rf"^CREATE TEMPORARY VIEW {file.stem} AS$"
        _require(file, created, f"the statement CREATE TEMPORARY VIEW {file.stem} AS …")
    for file in sorted(set(SQL.glob("*.sql")) - {PLANNER, OPTION}):
        _require(file, INSERT.pattern, "a statement INSERT INTO …")


def _require(file: Path, pattern: str, expected: str) -> None:
    if not re.search(pattern, _text(file), re.MULTILINE):
        raise UserError(f"{shown(file)}:1: expected {expected} at the beginning of a line.")


def shown(file: Path) -> Path:
    """Return a file's path below the project's folder, for messages."""
    return file.relative_to(SQL.parents[1]) if file.is_relative_to(SQL.parents[1]) else file


def staging() -> list[Path]:
    """Return the files of the views that `events` unites, each named as its file."""
    return sorted(STAGING.glob("stg_*.sql"))


def functions() -> list[Path]:
    """Return the files that create the SQL functions."""
    return sorted(FUNCTIONS.glob("*.sql"))


def statement_sets() -> list[list[Path]]:
    """Return the files of all INSERT statements; those of one set have the same SET lines."""
    sets: dict[tuple[tuple[str, str], ...], list[Path]] = {}
    for file in sorted(SQL.glob("*.sql")):
        text = _text(file)
        if INSERT.search(text):
            sets.setdefault(tuple(SET.findall(text)), []).append(file)
    return list(sets.values())


def planner_options(file: Path, settings: Settings) -> dict[str, str]:
    """Return the planner's defaults, overridden by the SET lines of a file."""
    return dict(SET.findall(_filled(PLANNER, settings)) + SET.findall(_filled(file, settings)))


def read(file: Path, settings: Settings, **names: str) -> str:
    """Return the statement of one file. names: its placeholders besides the settings."""
    # An empty line for each option, so that Flink's line numbers are those of the file.
    return SET.sub("\n", _filled(file, settings, **names))


def named(file: Path, columns: list[str], settings: Settings) -> list[str]:
    """Return the columns that a file's statement names, in its order; all if it has a SELECT *."""
    text = COMMENT.sub("", read(file, settings))
    words = columns if ALL_COLUMNS.search(text) else WORD.findall(text)
    return [word for word in dict.fromkeys(words) if word in columns]


def _filled(file: Path, settings: Settings, **names: str) -> str:
    values = {
        "kafka": settings.kafka_servers,
        "topic_prefix": settings.topic_prefix,
        "registry": settings.registry_url,
        "format": settings.avro_format,
        "prefix": settings.prefix,
        "group": settings.prefixed(JOB_GROUP),
        "conversion_group": settings.prefixed(CONVERSION_GROUP),
        "delivery": settings.delivery,
        "transaction_milliseconds": str(TRANSACTION_SECONDS * 1000),
        "count_seconds": str(settings.job_count_seconds),
        "movement_seconds": str(settings.movement_seconds),
        "finished_seconds": str(settings.finished_seconds),
        "days_milliseconds": str(settings.days_milliseconds),
        "days_mini_batch": "true" if settings.days_milliseconds else "false",
    }
    text, values = _text(file), values | names
    for hit in PLACEHOLDER.finditer(text):
        if hit[1] not in values:
            line = text.count("\n", 0, hit.start()) + 1
            known = ", ".join(values)
            raise UserError(f"{shown(file)}:{line}: {hit[0]}: expected ${{…}} with one of {known}.")
    return Template(text).substitute(values)


def _text(file: Path) -> str:
    try:
        return file.read_text("utf-8")
    except FileNotFoundError:
        raise UserError(
            f"{shown(file)} is missing: restore it, or remove its contract's attribute flink and "
            "run `make schemas`."
        ) from None
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        raise UserError(f"{shown(file)}:{line}: not UTF-8: save the file as UTF-8.") from None


def _escaped(text: str) -> str:
    return text.replace("'", "''")
