"""Values of a file by which a mapping would choose, and which it does not list."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from typing import Any

from producers.replay.expressions import column_names, nodes, parsed, quoted
from producers.replay.mapping import Mapping
from producers.replay.proposals import Proposals

EQUALITIES = {
    "COMPARE_EQUAL", "COMPARE_NOTEQUAL", "COMPARE_DISTINCT_FROM", "COMPARE_NOT_DISTINCT_FROM",
    "COMPARE_IN",
}  # fmt: skip
ALIKE = {"lower", "upper", "trim", "word"}
"""Functions after which a value of a column is still the same word."""
FEW = 20
"""Different values of a column by which a mapping chooses."""


def unlisted_values(mapping: Mapping, proposals: Proposals) -> list[str]:
    """Return a sentence for each column with values that a mapping does not list.

    A mapping lists values of a column in `where` and CASE. A column that is also the value of a
    field is no such column.
    """
    listed: defaultdict[str, set[str]] = defaultdict(set)
    uses: Counter[str] = Counter()
    for event in mapping.events:
        _add(event.where, listed, uses, is_value=False)
        for sql in event.fields.values():
            _add(sql, listed, uses, is_value=True)
    for sql in mapping.columns.values():
        _add(sql, listed, uses, is_value=True)
    sentences = []
    for column in proposals.columns:
        name = column.casefold()
        if listed[name] and uses[name] <= 0:
            held = proposals.rows("values", column=quoted(column), limit=FEW + 1)
            new = [row for row in held if row[0] not in listed[name]]
            if new and len(held) <= FEW:
                sentences.append(_sentence(column, new))
    return sentences


def _add(
    sql: str, listed: defaultdict[str, set[str]], uses: Counter[str], *, is_value: bool
) -> None:
    """Add the values that an expression lists, and its uses of columns for anything else."""
    try:
        tree = parsed(sql)
    except ValueError:
        uses[sql.casefold()] += 1  # the name of a column with blanks
        return
    if is_value:
        uses.update(names[-1].casefold() for names in column_names(tree))
    for name, values in _lists(tree):
        listed[name.casefold()] |= values
        uses[name.casefold()] -= is_value


def _lists(tree: Any) -> Iterator[tuple[str, set[str]]]:
    """Yield the columns that are compared with values, and these in lower case."""
    for node in nodes(tree):
        if node.get("type") in EQUALITIES:
            sides = node["children"] if "children" in node else [node["left"], node["right"]]
            literals = [side["literal"] for side in sides if side["class"] == "CONSTANT"]
            others = [side for side in sides if side["class"] != "CONSTANT"]
            listed = {one.get("text", "").lower() for one in literals if one["kind"] == "STRING"}
            functions = {each["function_name"] for each in nodes(others) if "function_name" in each}
            names = column_names(others)
            if listed and len(names) == 1 and functions <= ALIKE:
                yield names[0][-1], listed


def _sentence(column: str, new: list[tuple[Any, ...]]) -> str:
    shown = ", ".join(
        f"{value} (lines: {lines:,}, events: {are_events:,}, first: line {first})"
        for value, lines, are_events, first in new
    )
    return (
        f"{column!r} has values that the mapping does not list: {shown}. List them in where or "
        "CASE before you send: what is sent once stays counted."
    )
