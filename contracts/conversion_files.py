"""Files of the conversions between a contract and its successor; see flink.conversions."""

from pathlib import Path

from contracts.contract import Contract

FOLDER = Path("flink") / "sql" / "conversions"
"""Their folder, below that of the project."""


def name(source: Contract, target: Contract) -> str:
    """Return the name of the file of one direction."""
    return f"{source.stem}_to_{target.stem}.sql"
