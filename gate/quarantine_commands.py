"""python -m gate quarantine list|show|redrive"""

import getpass
import json
from pathlib import Path

import click

from audit import offsets
from connect import kafka, registry
from connect.errors import UserError
from connect.safe_text import for_terminal
from connect.settings import Settings
from gate.coordinates import CoordinatesType, RecordCoordinates
from gate.quarantine_list import chosen, of_database, of_topics
from gate.reasons import NOT_COUNTED, Reason
from gate.record_json import to_record
from gate.redrive import Redriver
from gate.show import decoded, lines
from schemas.generated import QuarantinedRecord, Redrive
from views.current_database import current_database
from views.database.quarantine_rows import find, newest_keys
from views.quarantine import read_quarantine
from views.quarantine_fields import EVENT_TYPES

COORDINATES = CoordinatesType()
RECORD_TYPES = (QuarantinedRecord, Redrive)
reason_option = click.option(
    "--reason",
    type=click.Choice([*(reason.value for reason in Reason), *NOT_COUNTED]),
    help="Only this reason.",
)
topic_option = click.option("--topic", help="Only this public topic.")


@click.group(help="Quarantined records: list them, show one, redrive them.")
def quarantine() -> None:
    pass


@quarantine.command("list")
@reason_option
@topic_option
@click.option("--limit", default=20, show_default=True, help="Number of records to list.")
def list_command(reason: str | None, topic: str | None, limit: int) -> None:
    """Count records by reason and topic, and list the newest."""
    settings = Settings.from_environment()
    try:
        with current_database(settings, RECORD_TYPES) as connection:
            listing = of_database(connection, reason, topic, limit)
    except UserError as error:
        _say_source(error)
        listing = of_topics(read_quarantine(settings)[0], reason, topic, limit)
        if lost := lost_entries(settings):
            click.echo(
                f"The topic has lost its oldest entries, up to {lost:,}, redriven or not: it keeps "
                "them for 90 days, and 1 GiB of each partition.",
                err=True,
            )
    for line in listing.lines():
        click.echo(line)


@quarantine.command()
@click.argument("coordinates", type=COORDINATES)
@click.option("--json", "as_json", is_flag=True, help="Only its fields, to be repaired.")
def show(coordinates: RecordCoordinates, as_json: bool) -> None:
    """Show one record. COORDINATES: topic/partition/offset, as in `list`."""
    settings = Settings.from_environment()
    record, trace = _find(settings, coordinates)
    if record is None:
        raise UserError(
            f"{coordinates} is not in quarantine: see `.venv/bin/python -m gate quarantine list`."
        )
    schemas = registry.client(settings)

    def text_of(schema_id: int) -> str:
        return registry.schema_text(schemas, schema_id)

    if as_json:
        click.echo(json.dumps(decoded(record, text_of, settings.prefix), indent=2))
        return
    for line in lines(record, trace, text_of, settings.prefix):
        click.echo(for_terminal(line))


@quarantine.command()
@click.argument("coordinates", type=COORDINATES, nargs=-1)
@reason_option
@topic_option
@click.option(
    "--value",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Send this record instead: its fields in JSON, as `show --json` prints them.",
)
@click.option("--by", default=getpass.getuser, show_default="the user", help="Who redrives.")
def redrive(
    coordinates: tuple[RecordCoordinates, ...],
    reason: str | None,
    topic: str | None,
    value: Path | None,
    by: str,
) -> None:
    """Redrive records by COORDINATES, or all of a --reason or --topic: all of them, or none."""
    settings = Settings.from_environment()
    if not coordinates and (reason or topic):
        coordinates = _of(settings, reason, topic)
    if not coordinates:
        raise UserError("No record to redrive: name coordinates, a --reason or a --topic.")
    repaired = None
    if value is not None:
        if len(coordinates) > 1:
            raise UserError("--value repairs one record: name one.")
        record_type = EVENT_TYPES.get(coordinates[0].topic.removeprefix(settings.prefix))
        if record_type is None:
            raise UserError(f"The gate does not read topic {coordinates[0].topic}.")
        repaired = to_record(value.read_bytes(), record_type, str(value))
    for trace in Redriver(settings).redrive(coordinates, by, repaired):
        click.echo(
            f"{RecordCoordinates(*trace.key())} was redriven as "
            f"{trace.source_topic}/{trace.sent_partition}/{trace.sent_offset} "
            f"by {trace.redriven_by}."
        )


def lost_entries(settings: Settings) -> int:
    """Return how many entries the topic no longer has; those that were overwritten count, too."""
    admin = kafka.admin(settings)
    partitions = offsets.partitions(admin, [QuarantinedRecord], settings.prefix)
    return sum(offsets.first_offsets(admin, partitions).values())


def _of(settings: Settings, reason: str | None, topic: str | None) -> tuple[RecordCoordinates, ...]:
    """Return the records of a reason and a topic that were not redriven."""
    try:
        with current_database(settings, RECORD_TYPES) as connection:
            records = newest_keys(connection, reason, topic)
    except UserError as error:
        _say_source(error)
        content = read_quarantine(settings)[0]
        return tuple(coordinates for coordinates, _ in chosen(content, reason, topic))
    return tuple(RecordCoordinates(*coordinates) for coordinates, _ in records)


def _find(
    settings: Settings, coordinates: RecordCoordinates
) -> tuple[QuarantinedRecord | None, Redrive | None]:
    """Return the record of some coordinates, and its redrive, if there are."""
    try:
        with current_database(settings, RECORD_TYPES) as connection:
            record, trace = find(connection, coordinates)
    except UserError as error:
        _say_source(error)
    else:
        if record is not None:
            return record, trace
    content, records = read_quarantine(settings, frozenset([coordinates]))
    record = records.get(coordinates)
    return record, content.redrive_of(coordinates, record.sent_at) if record else None


def _say_source(why: UserError) -> None:
    click.echo(for_terminal(f"{why.message} The quarantine is read from Kafka."), err=True)
