"""The command `impact`."""

import json
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import click

from connect.errors import UserError
from contracts.contract import Contract
from contracts.contract_file import load_all
from contracts.readers import consumers
from contracts.readers.consumers import suggestion
from contracts.readers.impact import Impact, Reader, Readers
from contracts.readers.relation import FieldRef
from contracts.readers.statement_file import require_readable
from contracts.schemas_option import own_schemas_option

TITLES = {
    "statement": "Statements",
    "generated": "Generated files",
    "module": "Modules",
    "page": "Pages",
    "consumer": "Consumers outside",
}


class UnknownFieldError(UserError):
    """No contract has the field: exit code 2."""

    exit_code = 2


@click.command()
@click.argument("target", metavar="CONTRACT[.FIELD]")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text")
@own_schemas_option
def impact(target: str, form: str, schemas: Path) -> None:
    """Name every statement, module, page, generated file and consumer that uses a field.

    Without a field: of the contract. Exit code 2: no contract has the field.
    """
    contracts = load_all(schemas)
    refs = _refs(target, contracts)
    project = schemas.resolve().parent
    stems = [contract.stem for contract in contracts]
    declared = [consumers.load(path, stems) for path in consumers.files(project)]
    readers = Readers(contracts, project, declared)
    require_readable(readers.statements)
    result = readers.impact(refs)
    for line in [_json(result)] if form == "json" else _text(result):
        click.echo(line)


def _refs(target: str, contracts: list[Contract]) -> list[FieldRef]:
    stem, _, name = target.partition(".")
    stems = {each.stem: each for each in contracts}
    if stem not in stems:
        raise UnknownFieldError(
            f"{target}: no contract {stem}{suggestion(stem, stems)}: "
            f"expected CONTRACT or CONTRACT.FIELD, with one of {', '.join(stems)}."
        )
    names = [field.name for field in stems[stem].fields]
    if name and name not in names:
        raise UnknownFieldError(
            f"{target}: {stem} has no field {name}{suggestion(name, names)}: "
            f"expected one of {', '.join(names)}."
        )
    return [FieldRef(stem, each) for each in ([name] if name else names)]


def _text(result: Impact) -> Iterator[str]:
    by_kind: dict[str, list[Reader]] = defaultdict(list)
    for reader in result.direct:
        by_kind[reader.kind].append(reader)
    for kind, title in TITLES.items():
        yield f"{title}:"
        for reader in by_kind[kind]:
            detail = reader.detail if kind != "consumer" else ""
            note = f" ({detail})" if detail == "writes" else f" -> {detail}" if detail else ""
            yield f"  {reader}{note}"
        if not by_kind[kind]:
            yield "  none"
    if result.not_followed:
        yield "Not known, because a file cannot be followed:"
        for reader in result.not_followed:
            yield f"  {reader}: {reader.detail}"
    for made, readers in result.derived.items():
        if readers:
            yield f"Through {made}:"
            for reader in readers:
                yield f"  {reader}"


def _json(result: Impact) -> str:
    return json.dumps(
        {
            "direct": [_object(reader) for reader in result.direct],
            "derived": {
                str(made): [_object(reader) for reader in readers]
                for made, readers in result.derived.items()
            },
            "not_followed": [_object(reader) for reader in result.not_followed],
        },
        ensure_ascii=False,
        indent=2,
    )


def _object(reader: Reader) -> dict[str, object]:
    return {
        "kind": reader.kind,
        "file": str(reader.file),
        "lines": list(reader.lines),
        "detail": reader.detail,
    }
