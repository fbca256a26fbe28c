"""Table functions in FROM: the columns that they return, and whether their call fits."""

from collections.abc import Iterator
from dataclasses import replace

from sqlglot import exp

from contracts.readers.consumers import suggestion
from contracts.readers.flink_dialect import TableArgument
from contracts.readers.java_functions import Functions, JavaFunction
from contracts.readers.reads import Reads, UnsupportedQueryError
from contracts.readers.relation import Branch, Column, Relation

PASSING = ("FROM_CHANGELOG", "TO_CHANGELOG", "TUMBLE", "HOP", "CUMULATE", "SESSION")
"""Flink's own table functions, which return the columns of their input."""
OF_FLINK = ("on_time", "uid")
"""Arguments that each function written in Java may have."""
ROW_TIME = "rowtime"
"""Column that Flink adds for the argument on_time."""


def require_known(query: exp.Expr, functions: Functions) -> None:
    """Raise UnsupportedQueryError for a function that nothing creates.

    Flink has many scalar functions of its own: of these, only a name like one of the job's.
    """
    for node in query.find_all(exp.Anonymous) if functions else ():
        name = node.name.upper()
        is_table = isinstance(node.parent, exp.Table)
        known = [*functions, *(PASSING if is_table else ())]
        close = suggestion(name, known)
        if name not in known and (close or is_table):
            what = f"no file of flink/sql/functions creates {name}{close}"
            raise UnsupportedQueryError(what, int(node.meta.get("line", 1)))


def arguments(function: exp.Func) -> list[TableArgument]:
    """Return the tables that a function reads."""
    return list(function.find_all(TableArgument))


def result(function: exp.Func, inputs: list[Branch], java: JavaFunction | None) -> Branch:
    """Return the rows of a function, without marks: its tables' keys, and columns made of all.

    inputs: a branch of each of its tables.
    """
    columns: dict[str, Column] = {}
    for argument, branch in zip(arguments(function), inputs, strict=True):
        keys = argument.args.get("partition") or []
        passes = function.name.upper() in PASSING
        kept = list(branch.columns) if passes else [key.name for key in keys]
        columns |= {name: branch.columns[name] for name in kept if name in branch.columns}
    every = (
        column
        for branch in inputs
        for column in (*branch.columns.values(), *([branch.rest] if branch.rest else []))
    )
    made = Column(frozenset().union(*(column.origins for column in every)))
    is_open = any(branch.is_open for branch in inputs)
    if java is None or not java.returns:
        return Branch(columns, rest=made, is_open=is_open)
    columns |= {name: replace(made, type=each) for name, each in java.returns.items()}
    if "on_time" in _given(function):
        columns[ROW_TIME] = made
    return Branch(columns, is_open=is_open)


def note_faults(
    function: exp.Func, inputs: list[Relation], java: JavaFunction | None, reads: Reads
) -> None:
    """Note, at the line of a call, what does not fit the function's class."""
    if java:
        for what in _faults(function, inputs, java):
            reads.unfit_calls.setdefault(what, int(function.meta.get("line", 1)))


def _faults(function: exp.Func, inputs: list[Relation], java: JavaFunction) -> Iterator[str]:
    name, given = function.name.upper(), _given(function)
    if not java.exists:
        yield f"{name} is {java.file}, which is missing"
        return
    for argument in java.arguments if given else ():
        if argument not in given:
            close = suggestion(argument, [each for each in given if each not in java.arguments])
            yield f"{name} is called without {argument}, which {java.file} requires{close}"
    for argument in given:
        if argument not in (*java.arguments, *OF_FLINK):
            yield f"{name} is called with {argument}, which {java.file} does not have"
    names = {each for table in inputs for branch in table.branches for each in branch.columns}
    is_open = any(branch.rest for table in inputs for branch in table.branches)
    for column in java.reads if names and not is_open else ():
        if column not in names:
            close = suggestion(column, names)
            yield f"{java.file} reads {column}, which the table of {name} does not have{close}"


def _given(function: exp.Func) -> list[str]:
    """Return the names of a call's arguments; none if they have no names."""
    return [each.this.name for each in function.expressions if isinstance(each, exp.Kwarg)]
