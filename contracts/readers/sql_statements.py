"""The job's statements: flink/sql, read as text, with the fields that each reads and writes."""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from dataclasses import replace
from pathlib import Path

from contracts import naming, pattern_language
from contracts.contract import Contract, Field
from contracts.limits import TextLimits, limits_of
from contracts.readers import java_functions, statement_file
from contracts.readers.compared_literals import compared, strings
from contracts.readers.consumers import suggestion
from contracts.readers.expression_types import name_of
from contracts.readers.query import Catalogue, relation
from contracts.readers.reads import (
    SourceNotFollowedError,
    UnknownTableError,
    UnsupportedQueryError,
)
from contracts.readers.relation import (
    ANY,
    Branch,
    Column,
    FieldRef,
    Mark,
    Relation,
    Unknown,
    Values,
    combined,
)
from contracts.readers.statement_file import EVENTS, SQL, Statement, too_deep
from contracts.readers.table_functions import require_known

BOUNDARY = {"deduplicated_events": "events"}
"""View that the job registers from Python (flink.graph) -> view whose columns it has."""
UNLISTED = Mark("", "", "")
"""Mark of rows with a value that no statement names."""
METADATA = (*naming.METADATA, "accepted_at")


def listed(field: Field) -> tuple[str, ...]:
    """Return the values of a field whose pattern lists them, such as a|b; else nothing."""
    limits = limits_of(field.type, field.constraints)
    if not isinstance(limits, TextLimits) or limits.pattern is None:
        return ()
    return tuple(sorted(filter(limits.allows, pattern_language.values(limits.pattern))))


def read(contracts: Iterable[Contract], project: Path) -> list[Statement]:
    """Read every statement below a project's folder; nothing when it has none."""
    statements = statement_file.statements(project / SQL)
    _Evaluation(statements, contracts, project / SQL).evaluate()
    return statements


class _Evaluation:
    def __init__(
        self, statements: list[Statement], contracts: Iterable[Contract], folder: Path
    ) -> None:
        self.statements, self.folder = statements, folder
        self.views = {each.creates: each for each in statements if each.creates}
        named = {each for statement in statements for each in strings(statement)}
        self.tables = {
            naming.table(contract.topic.name): table(contract, named)
            for contract in contracts
            if contract.flink
        }
        self.sinks = [
            naming.table(contract.topic.name) for contract in contracts if contract.flink == "sink"
        ]
        self.catalogue = Catalogue(self._of, java_functions.functions(folder.parents[1]))
        self.done: dict[str, Relation | None] = {}
        """Relations of views; None while a view is evaluated."""

    def evaluate(self) -> None:
        staging = [each for each in self.statements if each.file.parent.name == "staging"]
        for statement in staging:
            self._follow(statement)
        _compare_columns(staging)
        for statement in list(self.statements):
            self._follow(statement)

    def _of(self, name: str) -> Relation:
        """Return a table or view.

        Raises SourceNotFollowedError for a view with a problem, UnknownTableError if there is none.
        """
        if name in self.tables:
            return self.tables[name]
        if name in BOUNDARY:
            if name not in self.done:
                events = self._of(BOUNDARY[name])
                literals = {each for one in self.statements for each in compared(one)}
                self.done[name] = Relation(list(by_literals(events, literals)), events.names)
        elif name in self.views:
            self._follow(self.views[name])
        elif name in BOUNDARY.values():
            self._miss_events(name)
        elif name.removeprefix(naming.STAGING) in self.tables:
            raise SourceNotFollowedError(name)  # reported as a contract that is not staged
        else:
            raise UnknownTableError(f"no contract and no statement creates {name}")
        result = self.done[name]
        if result is None:
            raise UnknownTableError(f"the view {name} reads itself")
        if name in self.views and not self.views[name].followed:
            raise SourceNotFollowedError(name)
        return result

    def _follow(self, statement: Statement) -> None:
        """Evaluate a statement once."""
        name = statement.creates or str(statement.file)
        if name in self.done:
            return
        self.done[name] = None
        if statement.query is not None:
            try:
                require_known(statement.query, self.catalogue.functions)
                statement.result = relation(statement.query, self.catalogue, statement.reads)
            except UnsupportedQueryError as error:
                statement.problem, statement.followed = (str(error), error.line), False
            except SourceNotFollowedError:
                statement.followed = False
            except RecursionError:
                statement.fail(too_deep(statement.file))
            statement.followed &= not statement.reads.missing
        if statement.inserts and statement.inserts not in self.sinks and not statement.problem:
            close = suggestion(statement.inserts, self.sinks)
            what = f'no contract with "flink": "sink" has the table {statement.inserts}{close}'
            statement.problem, statement.followed = (what, statement.line), False
        self.done[name] = statement.result

    def _miss_events(self, name: str) -> None:
        what = "the file is missing: `python -m codegen generate` writes it"
        missing = Statement(self.folder / EVENTS, creates=name, problem=(what, 1), followed=False)
        self.statements.append(missing)
        self.views[name], self.done[name] = missing, missing.result


def _compare_columns(staging: list[Statement]) -> None:
    """Note a problem on each staging view whose columns are not those of most others."""
    followed = [each for each in staging if each.followed]
    if not followed:
        return
    usual = Counter(tuple(each.result.names) for each in followed).most_common(1)[0][0]
    for statement in followed:
        names = statement.result.names
        if tuple(names) == usual:
            continue
        lacking = [name for name in usual if name not in names]
        further = [name for name in names if name not in usual]
        parts = [f"lacks {', '.join(lacking)}"] if lacking else []
        parts += [f"has {', '.join(further)} in addition"] if further else []
        what = " and ".join(parts) or f"has the columns in another order than {', '.join(usual)}"
        statement.problem = (f"unlike other staging views, it {what}", statement.line)
        statement.followed = False


def table(contract: Contract, named: Collection[str]) -> Relation:
    """Return a contract's table: a branch for each listed value that statements may tell apart.

    Of each branch one field has one of its listed values, or all those that no statement names, and
    the other fields have all of theirs. named: the strings in the statements.
    """
    columns = {
        each.name: Column(
            frozenset({FieldRef(contract.stem, each.name)}),
            _possible(each),
            name_of(each.type.flink),
        )
        for each in contract.fields
    }
    if contract.flink == "source":
        columns |= {name: Column() for name in METADATA}
    every = Branch(columns, frozenset({Mark(contract.stem, "", "")}))
    branches = []
    for field in contract.fields:
        values = columns[field.name].values
        if Unknown.VALUE not in values:
            alike = values - frozenset(named)
            groups = [frozenset({value}) for value in values - alike] + ([alike] if alike else [])
            branches += [_fixed(every, contract.stem, field.name, group) for group in groups]
    return Relation(branches or [every], list(columns))


def _possible(field: Field) -> Values:
    values = listed(field)
    return frozenset(values or ANY) | (frozenset({None}) if field.nullable else frozenset())


def literal_columns(events: Relation) -> list[str]:
    """Return the columns that hold literal strings in most branches of a view, such as `kind`."""
    count = Counter(
        name
        for branch in events.branches
        for name, column in branch.columns.items()
        if all(isinstance(value, str) for value in column.values)
    )
    return [name for name in events.names if 2 * count[name] > len(events.branches)]


def kinds_of(contract: Contract, statements: Iterable[Statement]) -> set[str]:
    """Return the strings by which statements tell the events of a contract apart."""
    views = {each.creates: each.result for each in statements if each.creates and each.followed}
    view = views.get(naming.STAGING + naming.table(contract.topic.name))
    names = literal_columns(views[name]) if (name := min(BOUNDARY.values())) in views else []
    return {
        value
        for branch in (view.branches if view else ())
        for name in names
        for value in branch.columns[name].values
        if isinstance(value, str)
    }


def by_literals(events: Relation, literals: set[tuple[str, str]]) -> Iterator[Branch]:
    """Split a view by its `literal_columns`.

    literals: (column, value) of the statements' comparisons; a value that no branch has gets one
    of its own. A further branch has a value that no statement names.
    """
    names = literal_columns(events)
    for branch in events.branches:
        stem = min((mark.contract for mark in branch.marks), default="")
        yield from _split(branch, stem, names)
    if names:
        every = combined(events.branches).columns
        rest = Branch({name: replace(every[name], values=ANY) for name in events.names})
        for name, value in sorted(literals):
            if name in names and value not in every[name].values:
                yield _fixed(rest, "", name, frozenset({value}))
        for name in names:
            rest = _fixed(rest, "", name, frozenset({"\0"}))
        yield replace(rest, marks=frozenset({UNLISTED}))


def _split(branch: Branch, stem: str, names: list[str]) -> Iterator[Branch]:
    """Yield, for each of some columns, a branch for each of its values; else the branch itself."""
    for name in names:
        for value in branch.columns[name].values:
            fixed = _fixed(branch, stem, name, frozenset({value}))
            yield replace(fixed, is_open=value is Unknown.VALUE)
    if not names:
        yield branch


def _fixed(branch: Branch, stem: str, name: str, values: Values) -> Branch:
    """Return the rows of a branch with some values in a column, marked with those that are strings.

    stem: the contract of the marks.
    """
    columns = {**branch.columns, name: replace(branch.columns[name], values=values)}
    marks = {Mark(stem, name, value) for value in values if isinstance(value, str)}
    return replace(branch, columns=columns, marks=branch.marks | marks)
