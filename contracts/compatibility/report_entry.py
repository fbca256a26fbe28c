"""A finding as every report shows it: its file and line, its rule and the waiver that covers it."""

from dataclasses import dataclass
from pathlib import Path

from contracts.compatibility.check_rule_table import CHECK
from contracts.compatibility.finding import Finding, Rule, Severity
from contracts.compatibility.released_versions import ContractFinding, Place
from contracts.compatibility.waivers import Waiver
from contracts.contract_file import SCHEMAS
from contracts.errors import InvalidContractError, label, stem_of
from contracts.source_location import line_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One finding of a report."""

    file: Path
    """The file to look at."""
    line: int
    """The line in it, from 1."""
    contract: str
    """The contract, or the reader schema's file name."""
    part: str
    """The part that it concerns: "value", "statement", "consumer", "waiver" and so on."""
    path: str
    """The place in the schema."""
    field: str | None
    """The outermost field on the path."""
    rule: Rule
    """The rule."""
    what: str
    """The difference, as a sentence without its full stop."""
    reader: str = ""
    """The file of the reader schema; empty if no two schemas are compared."""
    writer: str = ""
    """The file of the writer schema."""
    example: str | None = None
    """A value that breaks the reader, as JSON."""
    way: str = ""
    """The way of this contract for a change that the rule's remedy does not allow; may be empty."""
    waiver: Waiver | None = None
    """The waiver that covers the finding."""
    readers: tuple[str, ...] = ()
    """Statements, modules and consumers that name the field, each with file and lines."""

    def __str__(self) -> str:
        where = f" ({self.where})" if self.where else ""
        place = f"{label(self.file)}: {self.part} {self.path}"
        return f"{place}: {self.rule.id}: {self.what}{where}"

    @property
    def harmful(self) -> bool:
        """True unless the finding is safe or waived."""
        return self.rule.severity is not Severity.SAFE and self.waiver is None

    @property
    def remedy(self) -> str:
        """The rule's remedy, then the way of this contract."""
        return f"{self.rule.remedy} {self.way}".strip()

    @property
    def where(self) -> str:
        """The direction; empty if no two files are compared."""
        if self.part in ("statement", "event", "consumer"):
            return f"{self.reader} and {self.writer}"
        return f"{self.reader} reads records of {self.writer}" if self.reader else ""

    @property
    def relative(self) -> str:
        """The file relative to the project or to the working folder, if it is below it."""
        for root in (SCHEMAS.parent, Path.cwd()):
            if self.file.is_relative_to(root):
                return self.file.relative_to(root).as_posix()
        return self.file.as_posix()


def of_contract(each: ContractFinding) -> Entry:
    """Return the entry of a finding between a contract and a released version or a statement."""
    place = each.place
    if place is None:
        of_file = each.finding.path.split("/")[1] or "name"
        attribute = "topic" if each.part == "key" else of_file
        field = None if each.part == "key" else each.finding.field
        path = each.contract.path
        place = Place(path, line_of(_source(path), attribute, field))
    return Entry(
        file=place.file,
        line=place.line,
        contract=stem_of(each.contract.path),
        part=each.part,
        path=each.finding.path,
        field=each.finding.field,
        rule=each.finding.rule,
        what=each.finding.what,
        reader=label(each.reader),
        writer=label(each.writer),
        example=each.example,
        way=_way(each),
    )


def _way(each: ContractFinding) -> str:
    """Return how the owner of a contract gets on after a change that breaks its fields."""
    contract, file = each.contract, each.contract.path.name
    if each.finding.severity is not Severity.BREAKING or each.part not in ("key", "value"):
        return ""
    back = f"Edit {file} back; a released version is never edited"
    if contract.successor:
        return f"{back}. A change that has to be belongs into {contract.successor}.avsc."
    if contract.flink == "source":
        command = f"python -m contracts evolve {contract.stem}"
        return f"{back}. A change that has to be needs a successor: `{command}` begins it."
    return (
        f"{back}. A change that has to be needs a second contract, and what writes "
        f"{contract.topic.name} writes the topic of that, too."
    )


def of_schemas(
    reader: Path, writer: Path, part: str, finding: Finding, example: str | None
) -> Entry:
    """Return the entry of a finding between two schema files, at its line in the reader's."""
    return Entry(
        file=reader,
        line=line_of(_source(reader), "name", finding.field),
        contract=reader.name,
        part=part,
        path=finding.path,
        field=finding.field,
        rule=finding.rule,
        what=finding.what,
        reader=reader.name,
        writer=writer.name,
        example=example,
    )


def of_error(error: InvalidContractError) -> Entry:
    """Return the entry of a file that cannot be judged."""
    return _of_file(CHECK["invalid-contract"], error.path, error.line, "file", error.message)


def of_released(file: Path, exists: bool, base: str) -> Entry:
    """Return the entry of a released version that differs from the base's."""
    if exists:
        what = f"{label(file)} differs from {base}"
        return _of_file(CHECK["released-file-edited"], file, 1, "released", what)
    what = f"{label(file)} is missing; {base} has it"
    return _of_file(CHECK["released-file-deleted"], file, 1, "released", what)


def of_withdrawn(file: Path, finding: Finding) -> Entry:
    """Return the entry of a contract that has released versions and no file."""
    return _of_file(finding.rule, file, 1, "contract", finding.what)


def of_unreleased(file: Path) -> Entry:
    """Return the entry of a contract without released versions."""
    what = f"{file.stem} has no released version"
    return _of_file(CHECK["contract-not-released"], file, 1, "contract", what)


def of_waiver(rule: str, file: Path, waiver: Waiver, what: str) -> Entry:
    """Return the entry of a waiver that covers nothing. what: the rest of the sentence about it."""
    place = f" at {waiver.field}" if waiver.field else ""
    return Entry(
        file=file,
        line=waiver.line,
        contract=waiver.contract,
        part="waiver",
        path="/",
        field=waiver.field,
        rule=CHECK[rule],
        what=f"the waiver of {waiver.rule} for {waiver.contract}{place} {what}",
    )


def _of_file(rule: Rule, file: Path, line: int, part: str, what: str) -> Entry:
    return Entry(
        file=file,
        line=line,
        contract=stem_of(file),
        part=part,
        path="/",
        field=None,
        rule=rule,
        what=what,
    )


def _source(path: Path) -> str:
    return path.read_text("utf-8")
