"""The command `evolve`."""

from collections.abc import Iterator
from pathlib import Path

import click

from connect.atomic_write import write_atomically
from connect.errors import UserError
from connect.settings import Settings
from contracts import conversion_files, successions
from contracts.compatibility.conversion_check import problems
from contracts.compatibility.released_versions import is_released, released_in
from contracts.contract import Contract
from contracts.evolution import conversion_sql, successor
from contracts.evolution.declared_readers import readers
from contracts.evolution.stage import STAGES, Progress
from contracts.readers.consumers import suggestion
from contracts.schemas_option import contracts_in, own_schemas_option
from contracts.successions import Pair

RESTART = "`python -m stack restart gate` and `make up`"
"""Without `make up`, the gate and `python -m flink.convert` are restarted as they were started."""
GUIDE = "docs/contracts-guide.md#make-a-breaking-change"


@click.command()
@click.argument("name")
@click.option(
    "--value",
    "values",
    multiple=True,
    metavar="FIELD=EXPRESSION",
    help="SQL of a field that only one of the two contracts has; may be given several times.",
)
@click.option(
    "--withdraw", "end", flag_value="withdraw", help="Delete the files of the old contract."
)
@click.option("--undo", "end", flag_value="undo", help="Delete the files of the successor.")
@own_schemas_option
@click.option(
    "--conversions",
    type=click.Path(path_type=Path),
    help="Folder of the conversions; default: flink/sql/conversions beside that of the contracts.",
)
def evolve(
    name: str, values: tuple[str, ...], end: str | None, schemas: Path, conversions: Path | None
) -> None:
    """Write the files of the next stage of a breaking change of the contract NAME.

    NAME is the contract's file name without .avsc. `plan` shows the stage in Kafka.
    """
    contracts = contracts_in(schemas)
    old = next((contract for contract in contracts if contract.stem == name), None)
    if old is None:
        stems = ", ".join(contract.stem for contract in contracts)
        raise UserError(f"There is no contract {name}; contracts are: {stems}.")
    new = next((new for pair, new in successions.pairs(contracts) if pair is old), None)
    if new is None and end:
        raise UserError(f"{name} has no successor: `python -m contracts evolve {name}` begins one.")
    if new is None and values:
        raise UserError(
            f"{name} has no successor yet: run `python -m contracts evolve {name}` without --value "
            "first, and edit the file that it writes."
        )
    if new is None:
        _begin(old, schemas / "released")
        return
    folder = conversions or schemas.resolve().parent / conversion_files.FOLDER
    up, down = (folder / conversion_files.name(*pair) for pair in ((old, new), (new, old)))
    if end:
        leaving = old if end == "withdraw" else new
        _require_end(leaving, new if leaving is old else old, contracts)
        _delete(leaving.path, up, down)
        click.echo(f"Run `make schemas`, then {RESTART}. The topics are kept: see `plan`.")
        return
    given = _given(values)
    left = list(readers(old, contracts))
    pairs = {up: (old, new)} | ({down: (new, old)} if left else {})
    missing = {path: pair for path, pair in pairs.items() if not path.exists()}
    _require_used(given, list(missing.values()))
    queries = {path: _query(*pair, given) for path, pair in missing.items()}
    for path, query in queries.items():
        write_atomically(path, query.encode())
        click.echo(f"wrote {path}")
    if not left:
        _delete(down)
    for step in _steps(old, new, left):
        click.echo(step)


def _begin(old: Contract, released: Path) -> None:
    if old.flink != "source":
        raise UserError(
            f'{old.path.name} is no event that the job reads ("flink": "source"): let what writes '
            f"{old.topic.name} write a second topic by a new contract; conversions are for events."
        )
    path = old.path.with_name(f"{successor.stem(old)}.avsc")
    if path.exists():
        raise UserError(f'{path.name} exists already: add "succeeds": "{old.stem}" to it.')
    undone = [each for each in released_in(released / path.stem) if each.succeeds == old.stem]
    text = undone[-1].path.read_bytes() if undone else successor.text(old).encode()
    write_atomically(path, text)
    click.echo(f"wrote {path}{', as it was released before it was undone' if undone else ''}")
    click.echo(f"Edit it, then run `python -m contracts evolve {old.stem}` again.")


def _given(values: tuple[str, ...]) -> dict[str, str]:
    given: dict[str, str] = {}
    for value in values:
        field, equals, expression = value.partition("=")
        if not equals or not expression.strip():
            what = "expected FIELD=EXPRESSION, such as \"till='unknown'\"."
            raise UserError(f"--value {value}: {what}")
        if given.setdefault(field.strip(), expression.strip()) != expression.strip():
            raise UserError(f"--value {value}: {field.strip()} has another value before: give one.")
    return given


def _query(source: Contract, target: Contract, given: dict[str, str]) -> str:
    """Return the text of a conversion. Raises UserError for a value that cannot be converted."""
    query = conversion_sql.select(source, target, _lacking(source, target, given))
    for _, problem in problems(query, source, target):
        raise UserError(
            f"The conversion of {source.stem} into {target.stem} would not run: {problem.what}. "
            f"Give --value FIELD=EXPRESSION, an SQL expression of the fields of {source.path.name}."
        )
    return query


def _require_used(given: dict[str, str], pairs: list[Pair]) -> None:
    """Raise UserError for a value that no file to be written takes."""
    taken = {name for source, target in pairs for name in _lacking(source, target, given)}
    for name in given.keys() - taken:
        fields = {field.name for pair in pairs for each in pair for field in each.fields}
        raise UserError(
            f"--value {name}: "
            + (
                f"expected a field that one of the two contracts lacks, or has with another type"
                f"{suggestion(name, fields)}."
                if pairs
                else "both conversions are written: edit them."
            )
        )


def _lacking(source: Contract, target: Contract, given: dict[str, str]) -> dict[str, str]:
    """Return the given values of fields that the source lacks or has another type of."""
    ours, theirs = ({field.name: field for field in each.fields} for each in (source, target))
    return {
        name: value
        for name, value in given.items()
        if name in theirs and (name not in ours or ours[name].type != theirs[name].type)
    }


def _steps(old: Contract, new: Contract, left: list[str]) -> Iterator[str]:
    """Yield what the owner does next; left: the readers of the old topic."""
    if left:
        yield "Next:"
        yield "1. Read both conversions: each record of one topic has to have a form in the other."
        yield f"2. Release, `make schemas`, {RESTART}, which starts the converter."
        yield f"3. Move each reader of {old.topic.name} to {new.topic.name}: {', '.join(left)}."
        yield f"4. Then run `python -m contracts evolve {old.stem}` again."
    else:
        yield f"No declared reader of {old.topic.name} is left. Next:"
        yield "1. Restart the converter: it converts nothing back."
        yield f"2. Move what writes {old.topic.name} to {new.topic.name}."
        yield f"3. Shorten retention.ms in {old.path.name}, and apply it."
        yield f"4. When it is empty, `python -m contracts evolve {old.stem} --withdraw`."
    yield f"`python -m contracts plan` shows the stage in Kafka; see {GUIDE}."


def _require_end(leaving: Contract, staying: Contract, contracts: list[Contract]) -> None:
    """Raise UserError while the topic of the contract that goes has a reader or a record."""
    left = list(readers(leaving, contracts))
    if left:
        raise UserError(
            f"{leaving.stem} still has readers: {', '.join(left)}: move them to "
            f"{staying.topic.name} first."
        )
    (state,) = (state for state in _live(contracts) if leaving in (state.old, state.new))
    if state.stage < STAGES if leaving is state.old else any(state.waiting.values()):
        raise UserError(f"Nothing was deleted: {state.sentence()}.")
    versions = released_in(leaving.path.parent / "released" / leaving.stem)
    if leaving is state.old and not is_released(leaving, versions):
        raise UserError(
            f"Nothing was deleted: {leaving.path.name} has changed since its newest release, which "
            "has readers. Run `python -m contracts release` first."
        )


def _live(contracts: list[Contract]) -> Iterator[Progress]:
    # Imported for --withdraw only: the other stages need no client of Kafka.
    from connect import kafka  # noqa: PLC0415
    from contracts.evolution import live_progress  # noqa: PLC0415

    settings = Settings.from_environment()
    return live_progress.progress(contracts, kafka.admin(settings), settings)


def _delete(*paths: Path) -> None:
    for path in paths:
        if path.exists():
            path.unlink()
            click.echo(f"deleted {path}")
