"""Search for the expression and the line because of which a statement over a file fails.

An expression with a window function or a subquery is evaluated for all lines at once. It is
searched for by evaluating it over more and fewer of the first lines.
"""

from bisect import bisect_left
from collections.abc import Iterable
from functools import partial

import duckdb

from producers.replay.workspace import Database


def failing_line(
    database: Database, expressions: Iterable[tuple[str, str, str]]
) -> tuple[str, int] | None:
    """Return the name of the first expression that fails, and the number of its first such line.

    expressions: name, SQL, and the FROM clause of its lines, with {} for a condition. Returns None
    if none fails for a line by itself.
    """
    rows = database.execute("SELECT file_line FROM file ORDER BY file_row").fetchall()
    for name, sql, lines in expressions:
        fails = partial(_fails, database, sql, lines)
        if fails(len(rows)):
            row = bisect_left(range(1, len(rows)), True, key=fails) + 1
            if fails(row, row):
                return name, rows[row - 1][0]
    return None


def _fails(database: Database, sql: str, lines: str, last: int, first: int = 1) -> bool:
    condition = f"file_row BETWEEN {first} AND {last}"
    query = f"SELECT max(hash(held)) FROM (SELECT ({sql}) AS held FROM {lines.format(condition)})"
    try:
        database.execute(query)
    except duckdb.Error:
        return True
    return False
