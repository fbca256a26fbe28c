"""The job's statements: flink/sql, read as text, with the fields that each reads and writes."""

import logging
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from itertools import product
from pathlib import Path

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from contracts import naming
from contracts.contract import Contract, Field
from contracts.readers.flink_dialect import Flink
from contracts.readers.query import relation
from contracts.readers.reads import Reads, UnsupportedQueryError, line_of
from contracts.readers.relation import ANY, Branch, Column, FieldRef, Mark, Relation, Unknown

SQL = Path("flink") / "sql"
BOUNDARY = {"deduplicated_events": "events"}
"""View that the job registers from Python (flink.graph) -> view whose columns it has."""
UNLISTED = Mark("", "", "")
"""Mark of rows with a value that no statement names."""
SETTING = re.compile(r"\$\{\w+\}")
OPTION = re.compile(r"^SET .*;$", re.MULTILINE)
LISTED = re.compile(r"\^?\(?(?:\?:)?([\w-]+(?:\|[\w-]+)*)\)?\$?")
METADATA = (*naming.METADATA, "accepted_at")


@dataclass(slots=True)
class Statement:
    """One file with a view or an INSERT statement."""

    file: Path
    line: int = 1
    """Line of the name that it creates or inserts into."""
    creates: str | None = None
    inserts: str | None = None
    """Table that it inserts into."""
    columns: list[str] | None = None
    """Columns that an INSERT lists after the table's name."""
    query: exp.Expr | None = None
    result: Relation = field(default_factory=lambda: Relation([]))
    reads: Reads = field(default_factory=Reads)
    problem: tuple[str, int] | None = None
    """(sentence, line) of what cannot be followed."""


def listed(field: Field) -> tuple[str, ...]:
    """Return the values of a field whose pattern lists them, such as a|b; else nothing."""
    pattern = LISTED.fullmatch(str(field.constraints.get("pattern", "")))
    return tuple(pattern[1].split("|")) if pattern else ()


def read(contracts: Iterable[Contract], project: Path) -> list[Statement]:
    """Read every statement below a project's folder; nothing when it has none."""
    folder = project / SQL
    files = [*folder.glob("*.sql"), *folder.glob("staging/*.sql"), folder / "generated/events.sql"]
    statements = [each for file in sorted(files) if file.is_file() for each in _parsed(file)]
    _Evaluation(statements, contracts).evaluate()
    return statements


def _parsed(file: Path) -> Iterator[Statement]:
    text = file.read_text("utf-8")
    if not re.search(r"^\s*(CREATE|INSERT)\b", text, re.MULTILINE | re.IGNORECASE):
        return  # planner options only
    logging.getLogger("sqlglot").setLevel(logging.ERROR)
    try:
        trees = sqlglot.parse(OPTION.sub("", SETTING.sub("0", text)), dialect=Flink)
    except SqlglotError as error:
        place = (getattr(error, "errors", None) or [{}])[0]
        what = place.get("description", "no SQL that can be read")
        yield Statement(file, problem=(what, int(place.get("line") or 1)))
        return
    for tree in trees:
        match tree:
            case exp.Create(kind="VIEW"):
                yield Statement(
                    file, line_of(tree.this), creates=tree.this.name, query=tree.expression
                )
            case exp.Insert():
                target, columns = tree.this, None
                if isinstance(target, exp.Schema):
                    target, columns = target.this, [each.name for each in target.expressions]
                yield Statement(
                    file,
                    line_of(target),
                    inserts=target.name,
                    columns=columns,
                    query=tree.expression,
                )


class _Evaluation:
    def __init__(self, statements: list[Statement], contracts: Iterable[Contract]) -> None:
        self.statements = statements
        self.views = {each.creates: each for each in statements if each.creates}
        self.tables = {
            naming.table(contract.topic.name): table(contract)
            for contract in contracts
            if contract.flink
        }
        self.done: dict[str, Relation] = {}

    def evaluate(self) -> None:
        for statement in self.statements:
            if statement.creates:
                self._of(statement.creates)
            else:
                self._result(statement)

    def _of(self, name: str) -> Relation:
        """Return a table or view. Raises KeyError."""
        if name in self.tables:
            return self.tables[name]
        if name in self.done:
            return self.done[name]
        if name in BOUNDARY:
            events = self._of(BOUNDARY[name])
            self.done[name] = Relation(list(by_literals(events)), events.names)
        else:
            statement = self.views[name]
            self.done[name] = Relation([])  # a view that reads itself
            self.done[name] = self._result(statement)
        return self.done[name]

    def _result(self, statement: Statement) -> Relation:
        if statement.query is not None:
            try:
                statement.result = relation(statement.query, self._of, statement.reads)
            except UnsupportedQueryError as error:
                statement.problem = (str(error), error.line)
        return statement.result


def table(contract: Contract) -> Relation:
    """Return a contract's table: a branch for each value that a field's pattern lists."""
    columns = {
        each.name: Column(frozenset({FieldRef(contract.stem, each.name)}))
        for each in contract.fields
    }
    if contract.flink == "source":
        columns |= {name: Column() for name in METADATA}
    marks = frozenset({Mark(contract.stem, "", "")})
    choices = {each.name: listed(each) for each in contract.fields if listed(each)}
    branches = [
        _marked(Branch(columns, marks), contract.stem, dict(zip(choices, chosen, strict=True)))
        for chosen in product(*choices.values())
    ]
    return Relation(branches, list(columns))


def by_literals(events: Relation) -> Iterator[Branch]:
    """Split a view by the columns that hold literals in all of its branches, such as `kind`.

    A further branch has a value in them that no statement names.
    """
    names = [
        name
        for name in events.names
        if all(Unknown.VALUE not in branch.columns[name].values for branch in events.branches)
    ]
    for branch in events.branches:
        stem = min((mark.contract for mark in branch.marks), default="")
        for chosen in product(*(branch.columns[name].values for name in names)):
            values = {
                name: value
                for name, value in zip(names, chosen, strict=True)
                if isinstance(value, str)
            }
            yield _marked(branch, stem, values)
    if names:
        unlisted = frozenset({"\0"})
        columns = {
            name: Column(
                frozenset().union(*(branch.columns[name].origins for branch in events.branches)),
                unlisted if name in names else ANY,
            )
            for name in events.names
        }
        yield Branch(columns, frozenset({UNLISTED}))


def _marked(branch: Branch, stem: str, values: dict[str, str]) -> Branch:
    fixed = {
        name: replace(branch.columns[name], values=frozenset({value}))
        for name, value in values.items()
    }
    marks = {Mark(stem, name, value) for name, value in values.items()}
    return Branch({**branch.columns, **fixed}, branch.marks | marks, branch.rest)
