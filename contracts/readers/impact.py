"""Impact of a field: every statement, module, page, generated file and consumer that uses it."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from contracts import naming
from contracts.contract import Contract
from contracts.readers import python_modules, sql_statements
from contracts.readers.consumers import Consumer
from contracts.readers.python_modules import Unread, Use
from contracts.readers.relation import FieldRef
from contracts.readers.statement_file import SQL, Statement

PAGES = "dashboard"
"""Folder whose modules are the pages."""


@dataclass(frozen=True, slots=True, order=True)
class Reader:
    """One file that uses a field."""

    kind: str
    """"statement", "generated", "module", "page" or "consumer"."""
    file: Path
    lines: tuple[int, ...]
    """Lines that name the field, from 1."""
    detail: str = ""
    """Fields that a statement makes of it; "writes"; a consumer's team, contact and date."""

    def __str__(self) -> str:
        place = f"{self.file}:{','.join(map(str, self.lines))}"
        return f"{self.detail}: {place}" if self.kind == "consumer" else place


@dataclass(slots=True)
class Impact:
    """The readers of some fields."""

    direct: list[Reader] = field(default_factory=list)
    """Files that name one of the fields."""
    derived: dict[FieldRef, list[Reader]] = field(default_factory=dict)
    """Fields that the job makes of them, with the modules, pages and consumers that read those."""
    not_followed: list[Reader] = field(default_factory=list)
    """Statements and modules that may read them, too: the detail is the reason for which it is not
    known."""


class Readers:
    """All readers of the contracts below a project's folder."""

    def __init__(
        self,
        contracts: Iterable[Contract],
        project: Path,
        declared: list[Consumer],
        removed: Iterable[FieldRef] = (),
    ) -> None:
        """removed: fields that the contracts lack and a reader may still name."""
        self.contracts = {contract.stem: contract for contract in contracts}
        self.project, self.removed = project, list(removed)
        every = list(self.contracts.values())
        self.statements: list[Statement] = sql_statements.read(every, project)
        self.consumers = declared
        self.tables = {naming.table(each.topic.name): each.stem for each in every}

    @cached_property
    def modules(self) -> tuple[list[Use], list[Unread]]:
        """Uses of fields in Python modules, and the modules of which they are not known."""
        return python_modules.uses(self.contracts.values(), self.project, self.removed)

    def fields_of(self, stem: str) -> list[str]:
        """Return the fields of a contract; of a withdrawn one those that consumers read."""
        if stem in self.contracts:
            return [each.name for each in self.contracts[stem].fields]
        return [name for each in self.consumers if each.contract == stem for name in each.fields]

    def impact(self, refs: Iterable[FieldRef]) -> Impact:
        """Return the readers of some fields, and of the fields that the job makes of them."""
        chosen = frozenset(refs)
        direct = [
            *self._statements(chosen),
            *self._generated(chosen),
            *self._modules(chosen),
            *self._declared(chosen),
        ]
        derived = {
            made: [*self._modules({made}, reads_only=True), *self._declared({made})]
            for made in sorted(self._made_of(chosen) - chosen)
        }
        problems = [
            self._reader("statement", each.file, {line}, what)
            for each in self.statements
            if each.problem
            for what, line in [each.problem]
        ]
        problems += [
            self._reader("module", file, {line}, what) for file, line, what in self.modules[1]
        ]
        return Impact(sorted(direct), derived, problems)

    def _statements(self, refs: frozenset[FieldRef]) -> Iterator[Reader]:
        for statement in self.statements:
            lines = {
                line for ref, at in statement.reads.fields.items() if ref in refs for line in at
            } | {
                missing.line
                for name, missing in statement.reads.missing.items()
                if any(FieldRef(stem, name) in refs for stem in missing.contracts)
            }
            writes = sorted(self._written(statement, refs))
            if any(self.tables.get(statement.inserts or "") == ref.contract for ref in refs):
                lines |= {statement.line}
            if lines:
                yield self._reader("statement", statement.file, lines, ", ".join(map(str, writes)))

    def _written(self, statement: Statement, refs: frozenset[FieldRef]) -> set[FieldRef]:
        """Return the fields that an INSERT makes of some fields."""
        stem = self.tables.get(statement.inserts or "")
        if stem is None:
            return set()
        names = statement.columns or [each.name for each in self.contracts[stem].fields]
        return {
            FieldRef(stem, name)
            for branch in statement.result.branches
            for name, column in zip(names, branch.columns.values(), strict=False)
            if column.origins & refs
        }

    def _made_of(self, refs: frozenset[FieldRef]) -> set[FieldRef]:
        return {made for each in self.statements for made in self._written(each, refs)}

    def _generated(self, refs: frozenset[FieldRef]) -> Iterator[Reader]:
        for stem in sorted({ref.contract for ref in refs}):
            names = [ref.field for ref in refs if ref.contract == stem]
            for file, beginnings in (
                (self.project / "schemas" / "generated" / f"{stem}.py", "    {}: "),
                (self.project / SQL / "generated" / f"{stem}.sql", "  {} "),
            ):
                if file.is_file():
                    starts = tuple(beginnings.format(name) for name in names)
                    text = file.read_text("utf-8").splitlines()
                    lines = {n for n, line in enumerate(text, 1) if line.startswith(starts)}
                    yield self._reader("generated", file, lines or {1})

    def _modules(self, refs: Iterable[FieldRef], *, reads_only: bool = False) -> Iterator[Reader]:
        lines: dict[Path, set[int]] = defaultdict(set)
        reads: set[Path] = set()
        for use in self.modules[0]:
            if use.ref in refs and not (reads_only and use.writes):
                lines[use.file].add(use.line)
                reads |= set() if use.writes else {use.file}
        for file, numbers in lines.items():
            top = file.relative_to(self.project).parts[0]
            detail = "" if file in reads else "writes"
            yield self._reader("page" if top == PAGES else "module", file, numbers, detail)

    def _declared(self, refs: Iterable[FieldRef]) -> Iterator[Reader]:
        for consumer in self.consumers:
            names = [name for name in consumer.fields if FieldRef(consumer.contract, name) in refs]
            if names:
                lines = {consumer.line_of(name) for name in names}
                yield self._reader("consumer", consumer.path, lines, str(consumer))

    def _reader(self, kind: str, file: Path, lines: Iterable[int], detail: str = "") -> Reader:
        return Reader(kind, file.relative_to(self.project), tuple(sorted(lines)), detail)
