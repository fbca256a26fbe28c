"""Findings of conversions: what Flink would refuse, or what would end the converter.

A conversion is a SELECT of one contract's fields from the topic of the other one of its pair.
flink.conversions makes it an INSERT, which takes the columns by their names.
"""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from sqlglot import TokenType, exp

from contracts import conversion_files, naming, successions
from contracts.compatibility.conversion_types import Problem, faults
from contracts.compatibility.released_versions import ContractFinding, Place
from contracts.compatibility.statement_finding import finding
from contracts.contract import Contract
from contracts.readers.consumers import Consumer, suggestion
from contracts.readers.query import Catalogue, relation
from contracts.readers.reads import Reads, UnsupportedQueryError, line_of
from contracts.readers.relation import Branch, Column, FieldRef, Mark, Relation
from contracts.readers.sql_text import tokens_of, trees_of
from contracts.readers.statement_file import filled_in
from contracts.text_file import text_of


class Conversion(NamedTuple):
    """One direction of a pair."""

    source: Contract
    target: Contract
    query: exp.Query


def findings(
    contracts: list[Contract], declared: Iterable[Consumer], project: Path
) -> Iterator[ContractFinding]:
    """Yield the findings of each pair's conversions."""
    readers = {each.contract for each in declared if each.base is None}
    for old, new in successions.pairs(contracts):
        for source, target in ((old, new), (new, old)):
            path = project / conversion_files.FOLDER / conversion_files.name(source, target)
            # Without a reader of the old topic, nothing is converted back into it.
            if path.exists() or target is new or old.flink == "source" or old.stem in readers:
                for rule, problem in _problems(path, source, target):
                    place = Place(path, problem.line)
                    yield finding(place, rule, target, problem.field, problem.what)


def problems(query: str, source: Contract, target: Contract) -> Iterator[tuple[str, Problem]]:
    """Yield (rule, problem) of the text of a conversion."""
    try:
        conversion = Conversion(source, target, _parsed(query))
        yield from _of(conversion)
    except UnsupportedQueryError as error:
        yield "conversion-not-followed", Problem(error.line, None, str(error))
    except RecursionError:
        yield "conversion-not-followed", Problem(1, None, "an expression is nested too deeply")


def _problems(path: Path, source: Contract, target: Contract) -> Iterator[tuple[str, Problem]]:
    try:
        yield from problems(text_of(path), source, target)
    except FileNotFoundError:
        what = f"{source.stem} and {target.stem} stand side by side, and {path.name} is missing"
        yield "conversion-missing", Problem(1, None, what)
    except (OSError, ValueError) as error:
        yield "conversion-not-followed", Problem(1, None, f"it cannot be read: {error}")


def _parsed(text: str) -> exp.Query:
    """Return the query of a conversion. Raises UnsupportedQueryError."""
    plain = filled_in(text)
    for token in tokens_of(plain):
        if token.token_type is TokenType.SEMICOLON:
            raise UnsupportedQueryError("expected one SELECT, without a semicolon", token.line)
    for tree in trees_of(plain):
        if isinstance(tree, exp.Query):
            return tree
    raise UnsupportedQueryError("expected a SELECT", 1)


def _of(conversion: Conversion) -> Iterator[tuple[str, Problem]]:
    source, target, query = conversion
    table = naming.table(source.topic.name)
    names = [field.name for field in source.fields]
    columns = {name: Column(frozenset({FieldRef(source.stem, name)})) for name in names}
    records = Relation([Branch(columns, frozenset({Mark(source.stem, "", "")}))], names)

    def tables(name: str) -> Relation:
        if name == table:
            return records
        place = next((each for each in query.find_all(exp.Table) if each.name == name), query)
        what = f"it reads the table {name}: expected {table}, that of {source.stem}"
        raise UnsupportedQueryError(what, line_of(place))

    reads = Reads()
    result = relation(query, Catalogue(tables), reads)
    for name, missing in reads.missing.items():
        what = f"it reads {name}, which {source.stem} does not have{suggestion(name, names)}"
        yield "conversion-unknown-field", Problem(missing.line, None, what)
    others = {*result.names} - {field.name for field in target.fields}
    for field in target.fields:
        if field.name not in result.names:
            close = suggestion(field.name, others)
            what = f"it has no column {field.name}, which {target.stem} has{close}"
            yield "conversion-lacks-field", Problem(line_of(query), field.name, what)
    if not reads.missing:
        for problem in faults(query, table, source.fields, target.fields):
            yield "conversion-unfit-type", problem
