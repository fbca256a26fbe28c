"""Tables for DuckDB 1.0 or newer."""

from pathlib import Path

from codegen.exports import sql_table
from contracts.contract import Contract

DUCKDB = sql_table.Dialect(
    types={
        "string": "VARCHAR",
        "int": "INTEGER",
        "long": "BIGINT",
        "boolean": "BOOLEAN",
        "bytes": "BLOB",
        "decimal": "DECIMAL({precision}, {scale})",
        "timestamp-millis": "TIMESTAMPTZ",
    },
    length="length({column})",
    matches="regexp_full_match({column}, '{pattern}')",
    identifier="nfc_normalize({column}) = {column} "
    "AND NOT regexp_matches({column}, '^\\s|\\s$|[\\x00-\\x1f\\x7f-\\x{{9f}}]')",
)


def files(contracts: list[Contract]) -> dict[Path, str]:
    """Render a file for each contract."""
    return sql_table.files(contracts, DUCKDB)
