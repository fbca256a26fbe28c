"""`python -m audit` beside a real Kafka."""

from schemas.generated import (
    InventoryLevel,
    LedgerEntry,
    OpenOrder,
    OpenTransfer,
    SalesByDay,
)
from stack.runtime import Stack

SINKS = [LedgerEntry, InventoryLevel, OpenOrder, OpenTransfer, SalesByDay]


def audit(stack: Stack, *options: str, code: int) -> str:
    """Return the output of an audit that must end with this exit code."""
    ended = stack.run("audit", *options, timeout=120)
    assert "Traceback" not in ended.stderr
    assert ended.returncode == code, ended.stdout + ended.stderr
    return ended.stdout + ended.stderr
