"""The commands `check`, for the contracts, and `compat`, for any two Avro schemas."""

import json
from pathlib import Path

import click

from connect.errors import UserError
from contracts import compatibility
from contracts.compatibility import finding_report
from contracts.compatibility.example import NoFiniteValueError, example, printed
from contracts.compatibility.finding import Finding, Severity
from contracts.compatibility.schema_check import (
    avro_findings,
    is_safe,
    key_findings,
    value_findings,
)
from contracts.contract_file import SCHEMAS, load_all
from contracts.errors import InvalidContractError
from schemas.avro.parse import InvalidSchemaError, parse


class NotJudgedError(UserError):
    """A schema could not be read: exit code 2."""

    exit_code = 2


@click.command()
@click.option("--format", "form", type=click.Choice(list(finding_report.REPORTS)), default="text")
@click.option(
    "--schemas",
    type=click.Path(path_type=Path),
    default=SCHEMAS,
    help="Folder of the contracts, with released/ in it.",
)
def check(form: str, schemas: Path) -> None:
    """Check the contracts against every released version, offline.

    Exit code 0: compatible; 1: incompatible; 2: a contract is invalid.
    """
    try:
        contracts = load_all(schemas)
        findings = [
            finding
            for contract in contracts
            for finding in compatibility.findings(
                contract, compatibility.released(contract, schemas / "released")
            )
        ]
    except InvalidContractError as error:
        if form == "github":
            click.echo(finding_report.github_invalid(error))
        raise
    for line in finding_report.REPORTS[form](findings):
        click.echo(line)
    if not is_safe([each.finding for each in findings]):
        counts = finding_report.counts(each.finding for each in findings)
        raise UserError(f"The contracts are not compatible with their released versions: {counts}.")
    if form != "json":
        click.echo(f"{len(contracts)} contracts are compatible with every released version.")


@click.command()
@click.option("--reader", required=True, type=click.Path(path_type=Path))
@click.option("--writer", required=True, type=click.Path(path_type=Path))
@click.option("--pipeline", is_flag=True, help="Check the pipeline's rules, too.")
@click.option(
    "--part",
    type=click.Choice(["key", "value"]),
    default="value",
    help="The part of a record that the schemas describe, for --pipeline.",
)
def compat(reader: Path, writer: Path, pipeline: bool, part: str) -> None:
    """Check that one Avro schema can read the records of another.

    Exit code 0: compatible; 1: incompatible; 2: a schema could not be read.
    """
    reader_schema, writer_schema = _schema(reader), _schema(writer)
    if not pipeline:
        findings = avro_findings(reader_schema, writer_schema)
    elif part == "key":
        findings = key_findings(reader_schema, writer_schema, _flink(reader_schema))
    else:
        findings = value_findings(reader_schema, writer_schema, _flink(reader_schema))
    for finding in findings:
        for line in finding_report.lines(finding, _example(writer_schema, finding)):
            click.echo(line)
    rules = "Avro and the pipeline" if pipeline else "Avro"
    if not is_safe(findings):
        raise UserError(
            f"Not compatible by the rules of {rules}: {finding_report.counts(findings)}."
        )
    click.echo(f"Compatible by the rules of {rules}: {finding_report.counts(findings)}.")


def _schema(path: Path) -> str:
    """Read an Avro schema from a file. Raises NotJudgedError."""
    try:
        text = path.read_text("utf-8")
        parse(text)
    except OSError as error:
        raise NotJudgedError(f"{path}: {error.strerror}: expected an Avro schema file.") from None
    except UnicodeDecodeError as error:
        raise NotJudgedError(f"{path}: not UTF-8: {error}.") from None
    except InvalidSchemaError as error:
        raise NotJudgedError(f"{path}: not an Avro schema: {error}.") from None
    return text


def _flink(text: str) -> str | None:
    """Return the contract's `flink` attribute, if it is one."""
    document = json.loads(text)
    role = document.get("flink") if isinstance(document, dict) else None
    return role if role in ("source", "sink") else None


def _example(writer: str, finding: Finding) -> str | None:
    if finding.severity is not Severity.BREAKING:
        return None
    try:
        return printed(example(parse(writer), finding))
    except NoFiniteValueError:
        return None
