"""A mapping's expressions, evaluated over a file: the columns from which records are made.

Nothing is sent before all expressions are evaluated for all lines.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import duckdb
import pyarrow as pa

from connect.errors import UserError
from producers.replay.expressions import is_single, literal, quoted, references
from producers.replay.failing_line import failing_line
from producers.replay.mapping import EventMapping, Mapping, fields
from producers.replay.text_table import SIZE
from producers.replay.workspace import Database, statement

AS_THEY_ARE = ("VARCHAR", "BIGINT", "INTEGER", "SMALLINT", "DOUBLE", "FLOAT", "TIMESTAMP")
"""Types of DuckDB, besides decimals and kinds of timestamps, that conversion.py reads."""


@dataclass(frozen=True, slots=True)
class Expression:
    """An expression of a mapping, compiled."""

    entry: str
    """Name of its entry in the mapping."""
    written: str
    """The expression as the mapping has it."""
    sql: str
    inputs: tuple[str, ...]
    """Names of the file's columns in it, as far as they are known."""
    is_column: bool = False
    """True for the name of a column."""

    @property
    def origin(self) -> str:
        """Words for a sentence about its value."""
        return f" (column {self.written!r})" if self.is_column else f" from {self.written}"

    @property
    def is_tried(self) -> bool:
        """True if it is null for a line for which it fails."""
        return self.is_column or self.sql.startswith("TRY(")


@dataclass(slots=True)
class Proposals:
    """The evaluated expressions of a mapping; the columns are named by the functions below."""

    database: Database
    columns: tuple[str, ...]
    """Names of the file's columns, and of the further ones of the mapping."""
    sql: dict[str, Expression] = field(default_factory=dict)
    """By the name of the column of `proposals`."""
    count: int = 0

    def column(self, name: str) -> str | None:
        """Return the column of a name, whatever its case and outer blanks; None for no name."""
        return {column.casefold(): column for column in self.columns}.get(name.strip().casefold())

    def rows(self, name: str, parameters: Any = None, **parts: Any) -> list[tuple[Any, ...]]:
        """Return the rows of a statement of sql/. parts: SQL that stands in it in braces."""
        cursor = self.database.cursor()
        return cursor.execute(statement(name, **parts), parameters).fetchall()

    def batches(self) -> Iterator[pa.RecordBatch]:
        """Yield the rows in the order of the file, in which the table has them."""
        described = self.database.execute("DESCRIBE proposals").fetchall()
        selected = [_readable(name, kind) for name, kind, *_ in described if name != "file_padded"]
        query = f"SELECT {', '.join(selected)} FROM proposals"
        yield from self.database.sql(query).to_arrow_reader(SIZE)


def is_event(event: int) -> str:
    """True also for a line that may be such an event, and cannot be read."""
    return f"is_event_{event}"


def problem_of(event: int) -> str:
    return f"problem_{event}"


def repetition_of(event: int) -> str:
    return f"repetition_{event}"


def identity_of(event: int, number: int) -> str:
    return f"event_id_{event}_{number}"


def value_of(event: int, name: str) -> str:
    return f"value_{event}_{name}"


def propose(database: Database, mapping: Mapping, columns: tuple[str, ...]) -> Proposals:
    """Evaluate a mapping over the table `file`. Raises UserError for an expression that fails."""
    proposals = Proposals(database, columns)
    _name_columns(proposals, mapping)
    selected: dict[str, str] = {}
    for number, event in enumerate(mapping.events):
        selected |= _selected(proposals, mapping, number, event)
    events = (selected[is_event(number)] for number in range(len(mapping.events)))
    selected["is_event"] = " OR ".join(f"({sql})" for sql in events)
    selection = ", ".join(f"{sql} AS {quoted(name)}" for name, sql in selected.items())
    try:
        proposals.rows("proposals", selection=selection, place=_place(mapping, proposals))
    except duckdb.Error as error:
        raise UserError(
            f"{_failing(proposals, mapping)} ({_short(error)}): use TRY(…) or a function "
            "such as try_strptime, which give null; nothing was sent."
        ) from None
    ((proposals.count,),) = database.execute("SELECT count(*) FROM file").fetchall()
    if mapping.join:
        query = "SELECT count(*), count(DISTINCT file_row) FROM proposals"
        ((rows, joined),) = database.execute(query).fetchall()
        if not rows == joined == proposals.count:
            raise UserError(
                f"join in {mapping.path} makes {rows:,} rows of {proposals.count:,} lines: use "
                "LEFT JOIN, on columns that identify a line of the second file."
            )
    return proposals


def _selected(
    proposals: Proposals, mapping: Mapping, number: int, event: EventMapping
) -> dict[str, str]:
    """Compile the expressions of an event; return the SQL of its columns of `proposals`."""
    where = _compiled(proposals, mapping, "where", event.where)
    proposals.sql[is_event(number)] = where
    # A line that cannot be read may be of any kind, and is rejected once.
    readable = "OR file_problem IS NOT NULL" if number == 0 else "AND file_problem IS NULL"
    selected = {is_event(number): f"coalesce({where.sql}, true) {readable}"}
    failures = {f"{where.sql} IS NULL": f"where: {event.where} fails"}
    for part, written in enumerate(event.event_id):
        compiled = _compiled(proposals, mapping, "event_id", written)
        selected[identity_of(number, part)] = compiled.sql
    types = fields(event.record_type)
    for name, written in event.fields.items():
        compiled = _compiled(proposals, mapping, f"fields.{name}", written)
        proposals.sql[value_of(number, name)] = compiled
        selected[value_of(number, name)] = compiled.sql
        if types[name].nullable and compiled.is_tried and not compiled.is_column:
            # Null because of an error is not the null that the contract allows.
            problem = f"{name}: expected a value, got nothing{compiled.origin}"
            failures[f"TRY(({written}) IS NULL) IS NULL"] = problem
    cases = "".join(f" WHEN {sql} THEN {literal(each)}" for sql, each in failures.items())
    selected[problem_of(number)] = f"coalesce(file_problem, CASE{cases} END)"
    if event.distinct:
        place = f"split_part(file_place, '/', {number + 1})"
        repetition = f"CASE WHEN {place} IN ('', '1') THEN '' ELSE ':' || {place} END"
        selected[repetition_of(number)] = repetition
    return selected


def _place(mapping: Mapping, proposals: Proposals) -> str:
    """Return the SQL of a line's number among equal ones, for each event; text, with slashes."""
    if not any(event.distinct for event in mapping.events):
        return "''"
    places = []
    for event in mapping.events:
        identity = ", ".join(
            _compiled(proposals, mapping, "event_id", each).sql for each in event.event_id
        )
        number = f"row_number() OVER (PARTITION BY {identity} ORDER BY file_row)"
        places.append(number if event.distinct else "1")
    return f"concat_ws('/', {', '.join(places)})"


def _failing(proposals: Proposals, mapping: Mapping) -> str:
    """Return the start of a sentence: the expression that fails, and its line."""
    of_file = f"(SELECT * FROM file WHERE {{}}) AS file {mapping.join}"
    further = [
        (f"columns.{name} = {sql}", _plain(proposals, sql), of_file)
        for name, sql in mapping.columns.items()
    ]
    others = [
        (f"{each.entry} = {each.written}", each.sql, "(SELECT * FROM named WHERE {})")
        for each in proposals.sql.values()
        if not each.is_tried
    ]
    failure = failing_line(proposals.database, [*further, *others])
    if failure is None:
        return f"An expression of {mapping.path} fails"
    return f"{failure[0]} in {mapping.path} fails in line {failure[1]}"


def _name_columns(proposals: Proposals, mapping: Mapping) -> None:
    """Create the view `named`: the file's columns and the further ones of the mapping."""
    further = "".join(
        f", {_plain(proposals, sql)} AS {quoted(name)}" for name, sql in mapping.columns.items()
    )
    folded = {name.casefold() for name in mapping.columns}
    replaced = [quoted(name) for name in proposals.columns if name.casefold() in folded]
    kept = f"file.* EXCLUDE ({', '.join(replaced)})" if replaced else "file.*"
    try:
        proposals.database.execute(
            f"CREATE VIEW named AS SELECT {kept}{further} FROM file {mapping.join}"
        )
    except duckdb.Error as error:
        raise UserError(f"columns or join in {mapping.path}: {_short(error)}.") from None
    proposals.columns = (*proposals.columns, *mapping.columns)


def _compiled(proposals: Proposals, mapping: Mapping, entry: str, written: str) -> Expression:
    sql = f"({_plain(proposals, written)})"
    if entry == "where":
        sql = f"coalesce(CAST({sql} AS BOOLEAN), false)"
    elif column := proposals.column(written):
        return Expression(entry, written, quoted(column), (column,), is_column=True)
    if is_single(written) and not _problem(proposals.database, f"TRY({sql})"):
        names = filter(None, map(proposals.column, references(written)))
        return Expression(entry, written, f"TRY({sql})", tuple(names))
    # TRY takes no window functions and no subqueries; an error in these is one of the statement.
    problem = _problem(proposals.database, sql)
    if not problem and not is_single(written):
        problem = "it has several values"
    if problem:
        named = ", ".join(proposals.columns)
        second = "; name those of second files in [columns]" if mapping.files else ""
        raise UserError(
            f"{entry} in the mapping {mapping.path}: {written!r} is neither a column of the file "
            f"nor an expression of its columns ({problem}); its columns are: {named}{second}."
        )
    return Expression(entry, written, sql, ())


def _plain(proposals: Proposals, sql: str) -> str:
    """Return a column's name as SQL; another expression as it is."""
    name = proposals.column(sql)
    return sql if name is None else quoted(name)


def _problem(database: Database, sql: str) -> str:
    try:
        database.execute(f"EXPLAIN SELECT {sql} FROM named")
    except duckdb.Error as error:
        return _short(error)
    return ""


def _short(error: duckdb.Error) -> str:
    return str(error).splitlines()[0].rstrip(".!")


def _readable(name: str, kind: str) -> str:
    column = quoted(name)
    if kind == "DATE" and not name.startswith("event_id"):
        return f"TRY_CAST({column} AS TIMESTAMP) AS {column}"
    if kind in AS_THEY_ARE or kind.startswith(("DECIMAL", "TIMESTAMP", "BOOLEAN")):
        return column
    return f"CAST({column} AS VARCHAR) AS {column}"
