"""python -m gate quarantine list|show|redrive"""

import getpass
import json
from collections import defaultdict
from datetime import datetime
from pathlib import Path

import click

from connect import registry
from connect.errors import UserError
from connect.settings import Settings
from gate.coordinates import CoordinatesType, RecordCoordinates
from gate.reasons import Reason
from gate.record_json import to_record
from gate.redrive import Redriver
from gate.show import EVENT_TYPES, decoded, lines
from views.quarantine import Quarantine, Quarantined, read_quarantine

COORDINATES = CoordinatesType()
reason_option = click.option(
    "--reason", type=click.Choice([reason.value for reason in Reason]), help="Only this reason."
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
    content, _ = read_quarantine(Settings.from_environment())
    chosen = _chosen(content, reason, topic)
    groups: defaultdict[tuple[str, str], list[datetime]] = defaultdict(list)
    for coordinates, record in chosen:
        groups[record.reason, coordinates.topic].append(record.quarantined_at)
    for (code, name), times in sorted(groups.items(), key=lambda group: -len(group[1])):
        click.echo(
            f"{len(times):>9,}  {code:<15} {name:<22} {_time(min(times))} to {_time(max(times))}"
        )
    newest = sorted(((r.quarantined_at, c, r.reason) for c, r in chosen), reverse=True)
    for at, coordinates, code in newest[:limit]:
        click.echo(f"{_time(at)}  {code:<15} {coordinates}")
    click.echo(f"{len(chosen):,} records in quarantine, {len(content.redriven):,} redriven.")


@quarantine.command()
@click.argument("coordinates", type=COORDINATES)
@click.option("--json", "as_json", is_flag=True, help="Only its fields, to be repaired.")
def show(coordinates: RecordCoordinates, as_json: bool) -> None:
    """Show one record. COORDINATES: topic/partition/offset, as in `list`."""
    settings = Settings.from_environment()
    content, records = read_quarantine(settings, frozenset([coordinates]))
    if coordinates not in records:
        raise UserError(
            f"{coordinates} is not in quarantine: see `python -m gate quarantine list`."
        )
    record = records[coordinates]
    schemas = registry.client(settings)

    def text_of(schema_id: int) -> str:
        return registry.schema_text(schemas, schema_id)

    if as_json:
        click.echo(json.dumps(decoded(record, text_of), indent=2))
        return
    for line in lines(record, content.redriven.get(coordinates), text_of):
        click.echo(line)


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
        content, _ = read_quarantine(settings)
        coordinates = tuple(each for each, _ in _chosen(content, reason, topic))
    if not coordinates:
        raise UserError("No record to redrive: name coordinates, a --reason or a --topic.")
    repaired = None
    if value is not None:
        if len(coordinates) > 1:
            raise UserError("--value repairs one record: name one.")
        record_type = EVENT_TYPES.get(coordinates[0].topic)
        if record_type is None:
            raise UserError(f"The gate does not read topic {coordinates[0].topic}.")
        repaired = to_record(value.read_bytes(), record_type, str(value))
    for trace in Redriver(settings).redrive(coordinates, by, repaired):
        click.echo(
            f"{RecordCoordinates(*trace.key())} was redriven as "
            f"{trace.source_topic}/{trace.sent_partition}/{trace.sent_offset} "
            f"by {trace.redriven_by}."
        )


def _chosen(
    content: Quarantine, reason: str | None, topic: str | None
) -> list[tuple[RecordCoordinates, Quarantined]]:
    """Select the open records of a reason and a topic; None selects all."""
    return [
        (RecordCoordinates(*coordinates), record)
        for coordinates, record in content.open()
        if reason in (None, record.reason) and topic in (None, coordinates[0])
    ]


def _time(time: datetime) -> str:
    return time.strftime("%Y-%m-%d %H:%M:%S")
