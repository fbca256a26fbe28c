"""A mapping's expressions, evaluated over a file: the columns from which records are made.

Nothing is sent before all expressions are evaluated for all lines.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import duckdb
import pyarrow as pa

from connect.errors import UserError
from producers.replay.expressions import quoted, references
from producers.replay.failing_line import failing_line
from producers.replay.mapping import EventMapping, Mapping
from producers.replay.target_contract import fields
from producers.replay.text_table import SIZE
from producers.replay.workspace import Database

STATEMENT = Path(__file__).with_suffix(".sql")
AS_THEY_ARE = ("VARCHAR", "BIGINT", "INTEGER", "SMALLINT", "DOUBLE", "FLOAT", "TIMESTAMP")
"""Types of DuckDB, besides decimals and kinds of timestamps, that conversion.py reads."""


@dataclass(frozen=True, slots=True)
class Sql:
    """A compiled expression."""

    text: str
    column: str = ""
    """Name of the column that it is; empty for other expressions."""
    inputs: tuple[str, ...] = ()
    """Names of the file's columns in another expression."""
    failure: str = "false"
    """Expression that is true where `text` is null because of an error."""
    written: str = ""
    """The expression as the mapping has it."""
    entry: str = ""
    """Name of its entry in the mapping."""

    @property
    def sources(self) -> tuple[str, ...]:
        """Names of the file's columns that it is made of, as far as they are known."""
        return (self.column,) if self.column else self.inputs


@dataclass(slots=True)
class Proposals:
    """The evaluated expressions of a mapping; the columns are named by the functions below."""

    database: Database
    columns: tuple[str, ...]
    """Names of the file's columns."""
    sql: dict[str, Sql] = field(default_factory=dict)
    """By the name of the column of `proposals`."""
    count: int = 0

    def batches(self) -> Iterator[pa.RecordBatch]:
        """Yield the rows in the order of the file."""
        described = self.database.execute("DESCRIBE proposals")
        selected = ", ".join(
            _readable(name, kind)
            for name, kind, *_ in described.fetchall()
            if name != "file_padded"
        )
        reader = self.database.sql(f"SELECT {selected} FROM proposals ORDER BY file_row")
        yield from reader.to_arrow_reader(SIZE)


def is_event(event: int) -> str:
    return f"is_event_{event}"


def place_of(event: int) -> str:
    return f"place_{event}"


def identity_of(event: int, number: int) -> str:
    return f"event_id_{event}_{number}"


def value_of(event: int, name: str) -> str:
    return f"value_{event}_{name}"


def failed(name: str) -> str:
    return f"failed_{name}"


def propose(database: Database, mapping: Mapping, columns: tuple[str, ...]) -> Proposals:
    """Evaluate a mapping over the table `file`. Raises UserError for an expression that fails."""
    proposals = Proposals(database, columns)
    _name_columns(proposals, mapping)
    selected: dict[str, str] = {}
    for number, event in enumerate(mapping.events):
        for name, expression in _expressions(number, event).items():
            compiled = _compiled(proposals, mapping, expression)
            proposals.sql[name] = compiled
            selected[name] = compiled.text
            if compiled.failure != "false":
                selected[failed(name)] = compiled.failure
        identity = [selected[identity_of(number, place)] for place in range(len(event.event_id))]
        if event.distinct:
            selected[place_of(number)] = (
                f"row_number() OVER (PARTITION BY {', '.join(identity)} ORDER BY file_row)"
            )
    selection = ", ".join(f"{sql} AS {quoted(name)}" for name, sql in selected.items())
    try:
        statement = STATEMENT.read_text(encoding="utf-8").format(selection=selection)
        database.execute(statement)
        rows = database.execute(
            "SELECT count(*), count(DISTINCT file_row) FROM proposals"
        ).fetchone()
        lines = database.execute("SELECT count(*) FROM file").fetchone()
    except duckdb.Error as error:
        raise UserError(
            f"{_failing(proposals, mapping)} ({_short(error)}): use TRY(…) or a function "
            "such as try_strptime, which give null; nothing was sent."
        ) from None
    assert rows is not None
    assert lines is not None
    if rows != (*lines, *lines):
        raise UserError(
            f"join in {mapping.path} makes {rows[0]:,} rows of {lines[0]:,} lines: use LEFT JOIN, "
            "on columns that identify a line of the second file."
        )
    proposals.count = rows[0]
    return proposals


def _failing(proposals: Proposals, mapping: Mapping) -> str:
    """Return the start of a sentence: the expression that fails, and its line."""
    of_file = f"(SELECT * FROM file WHERE {{}}) AS file {mapping.join}"
    own = [
        (f"columns.{name} = {sql}", _plain(proposals, sql), of_file)
        for name, sql in mapping.columns.items()
    ]
    others = [
        (f"{sql.entry} = {sql.written}", sql.text, "(SELECT * FROM named WHERE {})")
        for sql in proposals.sql.values()
        if sql.written and not sql.text.startswith("TRY(")
    ]
    failure = failing_line(proposals.database, [*own, *others])
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


def _expressions(number: int, event: EventMapping) -> dict[str, tuple[str, str, bool]]:
    """Return (entry, expression, may be null) by the name of the column of `proposals`."""
    known = fields(event.record_type)
    return {
        is_event(number): ("where", event.where, False),
        **{
            identity_of(number, place): ("event_id", sql, False)
            for place, sql in enumerate(event.event_id)
        },
        **{
            value_of(number, name): (f"fields.{name}", sql, known[name].nullable)
            for name, sql in event.fields.items()
        },
    }


def _compiled(proposals: Proposals, mapping: Mapping, expression: tuple[str, str, bool]) -> Sql:
    entry, sql, nullable = expression
    plain = _plain(proposals, sql)
    is_where = entry == "where"
    if plain != sql and not is_where:
        return Sql(plain, column=sql)
    text = f"coalesce(CAST(({plain}) AS BOOLEAN), false)" if is_where else f"({plain})"
    problem = _problem(proposals.database, f"TRY({text})")
    if not problem:
        folded = {column.casefold(): column for column in proposals.columns}
        inputs = [folded[each.casefold()] for each in references(sql) if each.casefold() in folded]
        failure = f"TRY({text} IS NULL) IS NULL" if nullable or is_where else "false"
        return Sql(f"TRY({text})", "", tuple(inputs), failure, sql)
    # TRY takes no window functions and no subqueries; an error in these is one of the statement.
    problem = _problem(proposals.database, text)
    if problem:
        named = ", ".join(proposals.columns)
        raise UserError(
            f"{entry} in the mapping {mapping.path}: {sql!r} is neither a column of the file nor "
            f"an expression of its columns ({problem}); its columns are: {named}."
        )
    return Sql(text, written=sql, entry=entry)


def _plain(proposals: Proposals, sql: str) -> str:
    """Return a column's name as SQL; another expression as it is."""
    folded = {column.casefold(): column for column in proposals.columns}
    name = folded.get(sql.strip().casefold())
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
