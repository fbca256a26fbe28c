"""Tables for PostgreSQL 13 or newer, in a database whose encoding is UTF-8."""

from pathlib import Path

from codegen.exports import sql_table
from contracts.contract import Contract

POSTGRES = sql_table.Dialect(
    types={
        "string": "text",
        "int": "integer",
        "long": "bigint",
        "boolean": "boolean",
        "bytes": "bytea",
        "decimal": "numeric({precision}, {scale})",
        "timestamp-millis": "timestamptz(3)",
    },
    length="char_length({column})",
    matches="{column} ~ '^(?:{pattern})$'",
    identifier="{column} IS NFC NORMALIZED AND {column} !~ '^\\s|\\s$|[\\x01-\\x1f\\x7f-\\x9f]'",
)


def files(contracts: list[Contract]) -> dict[Path, str]:
    """Render a file for each contract."""
    return sql_table.files(contracts, POSTGRES)
