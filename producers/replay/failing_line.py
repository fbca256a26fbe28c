"""Search for the expression and the line because of which a statement over a file fails.

An expression with a window function or a subquery is evaluated for all lines at once. It is
searched for by evaluating it over halves of the file.
"""

from collections.abc import Iterable

import duckdb

from producers.replay.workspace import Database


def failing_line(
    database: Database, expressions: Iterable[tuple[str, str, str]]
) -> tuple[str, int] | None:
    """Return the name of the first expression that fails, and the number of its first such line.

    expressions: name, SQL, and the FROM clause of its lines, with {} for a condition. Returns None
    if none fails for a line by itself.
    """
    row = database.execute("SELECT coalesce(max(file_row), 0) FROM file").fetchone()
    assert row is not None
    for name, sql, lines in expressions:
        first, last = 1, int(row[0])
        if not _fails(database, sql, lines, (first, last)):
            continue
        while first < last and _fails(database, sql, lines, (first, last)):
            middle = (first + last) // 2
            if _fails(database, sql, lines, (first, middle)):
                last = middle
            else:
                first = middle + 1
        if _fails(database, sql, lines, (first, first)):
            query = "SELECT file_line FROM file WHERE file_row = ?"
            (line,) = database.execute(query, [first]).fetchone() or (first,)
            return name, int(line)
    return None


def _fails(database: Database, sql: str, lines: str, rows: tuple[int, int]) -> bool:
    condition = f"file_row BETWEEN {rows[0]} AND {rows[1]}"
    query = f"SELECT max(hash(held)) FROM (SELECT ({sql}) AS held FROM {lines.format(condition)})"
    try:
        database.execute(query)
    except duckdb.Error:
        return True
    return False
