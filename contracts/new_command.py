"""The command `new`."""

import re
from collections.abc import Iterator
from pathlib import Path

import click

from connect.atomic_write import write_atomically
from connect.errors import UserError
from contracts import naming, new_event
from contracts.contract import Contract
from contracts.contract_file import load, load_all
from contracts.errors import NotJudgedError
from contracts.readers import event_meaning, sql_statements
from contracts.readers.sql_statements import BOUNDARY
from contracts.readers.statement_file import SQL, STAGING, Statement, require_readable
from contracts.schemas_option import own_schemas_option

STEM = re.compile("[a-z][a-z0-9]*(_[a-z0-9]+)*")
COUNTS = re.compile(r"^.*\bkind (NOT )?IN \(", re.MULTILINE)


@click.command()
@click.argument("name")
@click.option("--owner", required=True, help="Team that answers for the contract.")
@click.option("--doc", required=True, help="Meaning of one record, as a sentence.")
@click.option("--topic", help="Name of the topic; default: NAME with - for _ and an s.")
@click.option("--kind", default="adjustment", show_default=True, help="Kind of stock movement.")
@click.option("--removes", is_flag=True, help="Its units leave the shelf.")
@own_schemas_option
def new(  # noqa: PLR0913, PLR0917 - the options of the command
    name: str,
    owner: str,
    doc: str,
    topic: str | None,
    kind: str,
    removes: bool,
    schemas: Path,
) -> None:
    """Write the contract and the staging view of a new event NAME, such as donation.

    Then name each further place that says what it means, with file and line. `check` reports
    those that are forgotten.
    """
    project = schemas.resolve().parent
    topic = topic or f"{name.replace('_', '-')}s"
    record = "".join(part.capitalize() for part in name.split("_"))
    path = schemas / f"{name}.avsc"
    staging = project / STAGING
    view = staging / f"stg_{naming.table(topic)}.sql"
    contracts = load_all(schemas)
    statements = sql_statements.read(contracts, project)
    require_readable(statements)
    _require(name, record, topic, kind, path, view)
    columns = _columns_of_events(statements, project)
    text = new_event.contract_text(
        record=record, topic=topic, owner=owner, doc=doc, removes=removes
    )
    write_atomically(path, text.encode())
    try:
        load_all(schemas)
        contract = load(path)
        sql = new_event.staging_text(
            contract,
            table=naming.table(topic),
            kind=kind,
            removes=removes,
            columns=columns,
            staging=staging,
        )
        write_atomically(view, sql.encode())
    except (UserError, OSError):
        path.unlink()
        raise
    for line in _report(contract, view, project, kind, statements):
        click.echo(line)


def _columns_of_events(statements: list[Statement], project: Path) -> list[str]:
    """Return the columns that the new view is to have. Raises UserError if they are not known."""
    events = next((each for each in statements if each.creates in BOUNDARY.values()), None)
    if events is None:
        raise UserError(
            f"{project / SQL}: expected the view {min(BOUNDARY.values())}, which "
            "unites the staging views: run `python -m codegen generate`. For a contract that no "
            "job reads, write the file alone: docs/contracts-elsewhere.md has an example."
        )
    if not events.followed:
        problems = [
            f"{_shown(each.file, project)}:{line}: {what}"
            for each in statements
            if each.problem
            for what, line in [each.problem]
        ]
        problem = problems[0] if problems else "a staging view reads a field that is missing"
        raise NotJudgedError(f"{problem}. Mend it first: the new view has the others' columns.")
    return events.result.names


def _require(name: str, record: str, topic: str, kind: str, path: Path, view: Path) -> None:  # noqa: PLR0913, PLR0917 - all that is written
    """Raise UserError for a name that cannot be used."""
    for what, value, fits in (
        ("NAME", name, STEM.fullmatch(name)),
        ("--kind", kind, STEM.fullmatch(kind)),
    ):
        if not fits:
            raise UserError(
                f"{what} {value}: expected lower-case words joined by _, such as goods_donation."
            )
    for what, value, expected in (
        ("record", record, naming.expected_of_record(record)),
        ("--topic", topic, naming.expected_of_topic(topic)),
    ):
        if expected:
            raise UserError(f"{what} {value}: expected {expected}.")
    for file in (path, view):
        if file.exists():
            raise UserError(f"{file} exists: choose another name, or edit it.")


def _report(
    contract: Contract, view: Path, project: Path, kind: str, statements: list[Statement]
) -> Iterator[str]:
    yield f"wrote {_shown(contract.path.resolve(), project)}: add the event's own fields"
    yield f"wrote {_shown(view, project)}: its effect, as a movement of the kind {kind}"
    if not _is_counted(kind, statements):
        yield f"No statement counts the kind {kind}. Add it to those that do, and to the last one:"
        quarantine = STAGING.parent / "10_quarantine.sql"
        for statement in sorted(statements, key=lambda each: each.file == project / quarantine):
            if statement.inserts:
                text = statement.file.read_text("utf-8")
                for hit in COUNTS.finditer(text):
                    line = text.count("\n", 0, hit.start()) + 1
                    yield f"  {_shown(statement.file, project)}:{line}: {hit[0].strip()} …"
        yield "If it moves stock, name it in:"
        for task in event_meaning.missing_kind(kind, project):
            yield f"  {_shown(task.file, project)}:{task.line}: {task.place.task}"
    yield "Places that say what it means:"
    for task in event_meaning.missing(contract, project):
        needed = "" if task.place.required else " (if it applies)"
        yield f"  {_shown(task.file, project)}:{task.line}: {task.place.task}{needed}"
    yield (
        "Then `python -m codegen generate`, `python -m contracts release` and `make schemas`; "
        "`check` names what is missing."
    )


def _is_counted(kind: str, statements: list[Statement]) -> bool:
    return any(
        mark.value == kind
        for statement in statements
        if statement.inserts
        for branch in statement.result.branches
        for mark in branch.marks
    )


def _shown(path: Path, project: Path) -> Path:
    return path.relative_to(project) if path.is_relative_to(project) else path
