"""The commands `check`, for the contracts, and `compat`, for any two Avro schemas."""

import json
from pathlib import Path

import click

from connect.errors import UserError
from contracts.compatibility import report_entry, report_formats
from contracts.compatibility.contract_verdict import Verdict, judge
from contracts.compatibility.example import NoFiniteValueError, example, printed
from contracts.compatibility.finding import Finding, Severity
from contracts.compatibility.schema_check import avro_findings, key_findings, value_findings
from contracts.errors import NotJudgedError
from contracts.schemas_option import against_option, own_schemas_option
from contracts.text_file import text_of
from schemas.avro.parse import InvalidSchemaError, parse

format_option = click.option(
    "--format", "form", type=click.Choice(list(report_formats.REPORTS)), default="text"
)


@click.command()
@format_option
@own_schemas_option
@against_option
def check(form: str, schemas: Path, against: str | None) -> None:
    """Check the contracts against every released version and the job's statements, offline.

    Exit code 0: compatible; 1: incompatible; 2: a contract is invalid, or there is nothing to
    compare with.
    """
    verdict = judge(schemas, against)
    names = [contract.stem for contract in verdict.contracts]
    for line in report_formats.REPORTS[form](verdict.entries, names):
        click.echo(line)
    verdict.require_valid()
    counts = report_formats.counts(verdict.entries)
    if any(each.harmful for each in verdict.entries):
        raise UserError(f"The contracts are not compatible with their released versions: {counts}.")
    if form in report_formats.LINES:
        click.echo(_summary(verdict, against))


def _summary(verdict: Verdict, against: str | None) -> str:
    base = f" and with {verdict.base}"
    if verdict.base is None:
        base = f"; {against or 'the last commit'} has none to compare them with"
    waived = sum(each.waiver is not None for each in verdict.entries)
    count = len(verdict.contracts)
    are = "contract is" if count == 1 else "contracts are"
    return (
        f"{count} {are} compatible with every released version{base}"
        f"{f'; waived findings: {waived}' if waived else ''}."
    )


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
@format_option
def compat(reader: Path, writer: Path, pipeline: bool, part: str, form: str) -> None:
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
    entries = [
        report_entry.of_schemas(reader, writer, part, each, _example(writer_schema, each))
        for each in findings
    ]
    for line in report_formats.REPORTS[form](entries, [reader.name]):
        click.echo(line)
    rules, counts = "Avro and the pipeline" if pipeline else "Avro", report_formats.counts(entries)
    if any(each.harmful for each in entries):
        raise UserError(f"Not compatible by the rules of {rules}: {counts}.")
    if form in report_formats.LINES:
        click.echo(f"Compatible by the rules of {rules}: {counts}.")


def _schema(path: Path) -> str:
    """Read an Avro schema from a file. Raises NotJudgedError."""
    try:
        text = text_of(path)
        parse(text)
    except OSError as error:
        raise NotJudgedError(f"{path}: {error.strerror}: expected an Avro schema file.") from None
    except InvalidSchemaError as error:
        raise NotJudgedError(f"{path}: not an Avro schema: {error}.") from None
    except ValueError as error:
        raise NotJudgedError(f"{path}: {error}.") from None
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
