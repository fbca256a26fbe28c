"""Literals with which a statement compares its columns, such as those of kind IN ('sale', …)."""

from collections.abc import Iterator

from sqlglot import exp

from contracts.readers.reads import line_of
from contracts.readers.statement_file import Statement


def compared(statement: Statement) -> dict[tuple[str, str], int]:
    """Return (column, text) -> line of its first comparison."""
    lines: dict[tuple[str, str], int] = {}
    if statement.query is None:
        return lines
    for node in statement.query.find_all(exp.In, exp.EQ, exp.NEQ):
        sides = [node.this, *node.expressions, node.args.get("expression")]
        columns = [side for side in sides if isinstance(side, exp.Column)]
        strings = [str(side.this) for side in sides if isinstance(side, exp.Literal)]
        for column in columns:
            for text in strings:
                lines.setdefault((column.name, text), line_of(column))
    return lines


def strings(statement: Statement) -> Iterator[str]:
    """Yield every text in a statement."""
    for node in statement.query.find_all(exp.Literal) if statement.query else ():
        if node.is_string:
            yield str(node.this)


def line_of_literal(statement: Statement, column: str, text: str) -> int:
    """Return the line of a literal that a column is compared with."""
    first = compared(statement).get((column, text), statement.line)
    lines = statement.file.read_text("utf-8").splitlines()[first - 1 :]
    return next((number for number, line in enumerate(lines, first) if f"'{text}'" in line), first)
