"""The commands that judge: `check` the contracts, `compat` any two Avro schemas."""

import json
from pathlib import Path

import click

from connect.errors import UserError
from contracts import compatibility
from contracts.compatibility import report
from contracts.compatibility.check import avro_findings, is_safe, key_findings, value_findings
from contracts.compatibility.example import NoFiniteValueError, example, printed
from contracts.compatibility.finding import Finding, Severity
from contracts.contract import SCHEMAS, load_all
from contracts.errors import InvalidContractError
from schemas.avro.parse import InvalidSchemaError, parse


class NotJudgedError(UserError):
    """Nothing could be judged."""

    exit_code = 2


@click.command()
@click.option("--format", "form", type=click.Choice(list(report.REPORTS)), default="text")
@click.option(
    "--schemas",
    type=click.Path(path_type=Path),
    default=SCHEMAS,
    help="Folder of the contracts, with released/ in it.",
)
def check(form: str, schemas: Path) -> None:
    """Check the contracts against every released version, offline.

    Exit code 0: nothing can break; 1: something can; 2: a contract is unfit.
    """
    try:
        contracts = load_all(schemas)
        found = [
            finding
            for contract in contracts
            for finding in compatibility.findings(
                contract, compatibility.released(contract, schemas / "released")
            )
        ]
    except InvalidContractError as error:
        if form == "github":
            click.echo(report.github_unfit(error))
        raise
    for line in report.REPORTS[form](found):
        click.echo(line)
    if not is_safe([each.finding for each in found]):
        counts = report.counted(each.finding for each in found)
        raise UserError(f"The contracts are not compatible with what was released: {counts}.")
    if form != "json":
        click.echo(f"{len(contracts)} contracts are compatible with every released version.")


@click.command()
@click.option("--reader", required=True, type=click.Path(path_type=Path))
@click.option("--writer", required=True, type=click.Path(path_type=Path))
@click.option("--pipeline", is_flag=True, help="Judge by the pipeline's rules, too.")
@click.option(
    "--part",
    type=click.Choice(["key", "value"]),
    default="value",
    help="Which part of a message the schemas are of, for --pipeline.",
)
def compat(reader: Path, writer: Path, pipeline: bool, part: str) -> None:
    """Judge whether one Avro schema can read what another wrote.

    Exit code 0: compatible; 1: not; 2: could not judge.
    """
    ours, theirs = _schema(reader), _schema(writer)
    if not pipeline:
        found = avro_findings(ours, theirs)
    elif part == "key":
        found = key_findings(ours, theirs, _flink(ours))
    else:
        found = value_findings(ours, theirs, _flink(ours))
    for finding in found:
        for line in report.sentences(finding, _example(theirs, finding)):
            click.echo(line)
    rules = "Avro and the pipeline" if pipeline else "Avro"
    if not is_safe(found):
        raise UserError(f"Not compatible by the rules of {rules}: {report.counted(found)}.")
    click.echo(f"Compatible by the rules of {rules}: {report.counted(found)}.")


def _schema(path: Path) -> str:
    """The text of a file that holds an Avro schema."""
    try:
        text = path.read_text("utf-8")
        parse(text)
    except OSError as error:
        raise NotJudgedError(f"{path}: {error.strerror}: expected a file with a schema.") from None
    except UnicodeDecodeError as error:
        raise NotJudgedError(f"{path}: not a text in UTF-8: {error}.") from None
    except InvalidSchemaError as error:
        raise NotJudgedError(f"{path}: not an Avro schema: {error}.") from None
    return text


def _flink(text: str) -> str | None:
    """What a contract says that the job does with its topic."""
    document = json.loads(text)
    said = document.get("flink") if isinstance(document, dict) else None
    return said if said in ("source", "sink") else None


def _example(writer: str, finding: Finding) -> str | None:
    if finding.severity is not Severity.BREAKING:
        return None
    try:
        return printed(example(parse(writer), finding))
    except NoFiniteValueError:
        return None
