"""Recognition of a list of movements of goods, in which a column has the kind of each."""

import re
from collections.abc import Iterable

from producers.replay.column_content import NEGATIVE, SAMPLE, distinct, few_values
from producers.replay.column_names import is_named, vocabulary
from producers.replay.expressions import quoted
from producers.replay.line_choices import ELSEWHERE, may_choose, shown
from producers.replay.workspace import Database

EXAMPLES = 'docs/bring-your-own-data.md, "Movements of goods", has mappings to copy'
KIND = re.compile(
    r"typ|kind|tipo|art$|vorgang|beweg|mov|mouve|soort|nature|operati|operaci|transa|direction"
    r"|richtung|sens$|tür|rodzaj|区分",
    re.IGNORECASE,
)
"""Names of columns that say of what kind a line is."""
PAYMENT = re.compile("pay|zahl|pago|paie|paga|betaal|tender", re.IGNORECASE)
"""Names of columns in which a transfer is one of money."""


def kind_column(columns: Iterable[str]) -> str | None:
    """Return the column that is named for kinds of movements; None if there is none."""
    names = vocabulary()["kinds"]["movement"]
    return next((each for each in columns if any(is_named(each, name) for name in names)), None)


def movements(
    database: Database, columns: tuple[str, ...], contract: tuple[str, dict[str, str]]
) -> str:
    """Return words for the column by whose values lines are movements, not of the contract.

    contract: its name, and the expression of each field. "" if lines may be sales, receipts of
    goods or changes; other contracts are never in doubt.
    """
    name, fields = contract
    if name not in ("transaction", "shipment", "adjustment"):
        return ""
    amounts = distinct(database, quoted(fields["quantity"])) if name == "adjustment" else []
    is_signed = any(map(NEGATIVE.search, amounts))
    is_till = fields.get("receipt_id") in columns
    named = kind_column(columns)
    for column in columns:
        is_other = ELSEWHERE.search(column) or PAYMENT.search(column) or not may_choose(column)
        if is_other and column != named:
            continue
        counts = few_values(database, column, SAMPLE) if column == named else {}
        counts = counts or few_values(database, column)
        values = {each.strip() for each in counts}
        if name == "shipment":
            is_moved = _has_issues(values, column)
        elif name == "adjustment":
            is_both = values & _words("moved_in", "bought") and values & _words("moved_out")
            is_moved = bool(values & _words("sold") or (is_both and not is_signed))
        elif column == named:
            is_moved = not values <= _words("sold", "returned", "cancelled")
        else:
            is_moved = _is_moved(values, column, is_till=is_till)
        if is_moved:
            return f"{column!r} is {shown(counts)}"
    return ""


def _has_issues(values: set[str], column: str) -> bool:
    """Return True if values say that some goods went out."""
    is_both = values & _words("moved_in", "bought") or KIND.search(column)
    return bool(values & _words("moved_out") and is_both)


def _is_moved(values: set[str], column: str, *, is_till: bool) -> bool:
    """Return True if values say of goods that they came in or were moved, not that they were sold.

    is_till: the file has numbers of receipts, as a till writes them.
    """
    if _has_issues(values, column):
        return True
    incoming, bought = values & _words("moved_in"), values & _words("bought")
    # "Entrada" is a starter, too: beside other dishes it is no movement.
    if not KIND.search(column) or not values <= _words("moved_in", "bought", "sold", "returned"):
        return False
    is_bought = values & _words("sold") or not (is_till or values & _words("returned"))
    return bool(incoming or (bought and is_bought))


def _words(*names: str) -> set[str]:
    return {word for name in names for word in vocabulary()["values"][name]}
