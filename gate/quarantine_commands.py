"""python -m gate quarantine list|show|redrive"""

import getpass
import json
from datetime import datetime
from pathlib import Path

import click

from connect import registry
from connect.errors import UserError
from connect.settings import Settings
from gate.coordinates import CoordinatesType, RecordCoordinates
from gate.quarantine import look
from gate.reasons import Reason
from gate.record_json import to_record
from gate.redrive import Redriver
from gate.show import KINDS, decoded, lines

PLACE = CoordinatesType()
reason_option = click.option(
    "--reason", type=click.Choice([reason.value for reason in Reason]), help="Only of this code."
)
topic_option = click.option("--topic", help="Only of this public topic.")


@click.group(help="What the gate has put aside: counts, one record, and sending again.")
def quarantine() -> None:
    pass


@quarantine.command("list")
@reason_option
@topic_option
@click.option("--most", default=20, show_default=True, help="How many records to name.")
def list_command(reason: str | None, topic: str | None, most: int) -> None:
    """How many there are by reason and topic, since when, and the newest of them."""
    found = look(Settings.from_environment())
    groups: dict[tuple[str, str], list[datetime]] = {}
    chosen = []
    for place, kept in found.open():
        if reason in (None, kept.reason) and topic in (None, place.topic):
            groups.setdefault((kept.reason, place.topic), []).append(kept.quarantined_at)
            chosen.append((kept.quarantined_at, place, kept.reason))
    for (code, name), times in sorted(groups.items(), key=lambda group: -len(group[1])):
        click.echo(
            f"{len(times):>9,}  {code:<15} {name:<22} {_time(min(times))} to {_time(max(times))}"
        )
    for at, place, code in sorted(chosen, reverse=True)[:most]:
        click.echo(f"{_time(at)}  {code:<15} {place}")
    click.echo(f"{len(chosen):,} records in quarantine, {len(found.redriven):,} were sent again.")


@quarantine.command()
@click.argument("place", type=PLACE)
@click.option("--json", "as_json", is_flag=True, help="Only its fields, to be repaired.")
def show(place: RecordCoordinates, as_json: bool) -> None:
    """One record in full. PLACE: topic/partition/offset, as `list` has it."""
    settings = Settings.from_environment()
    found = look(settings, frozenset([place]))
    if place not in found.records:
        raise UserError(f"{place} is not in quarantine: see `python -m gate quarantine list`.")
    record = found.records[place]
    schemas = registry.client(settings)

    def text_of(schema_id: int) -> str:
        return registry.text(schemas, schema_id)

    if as_json:
        click.echo(json.dumps(decoded(record, text_of), indent=2))
        return
    for line in lines(record, found.redriven.get(place), text_of):
        click.echo(line)


@quarantine.command()
@click.argument("places", type=PLACE, nargs=-1)
@reason_option
@topic_option
@click.option(
    "--value",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Send this record instead: its fields as `show --json` gives them.",
)
@click.option("--by", default=getpass.getuser, show_default="the user", help="Who sends it.")
def redrive(
    places: tuple[RecordCoordinates, ...],
    reason: str | None,
    topic: str | None,
    value: Path | None,
    by: str,
) -> None:
    """Send records again, by PLACES or all of a --reason or --topic: all of them, or none."""
    settings = Settings.from_environment()
    if not places and (reason or topic):
        places = tuple(
            place
            for place, kept in look(settings).open()
            if reason in (None, kept.reason) and topic in (None, place.topic)
        )
    if not places:
        raise UserError("There is nothing to send again: name places, a --reason or a --topic.")
    repaired = None
    if value is not None:
        if len(places) > 1:
            raise UserError("--value repairs one record: name one place.")
        kind = KINDS.get(places[0].topic)
        if kind is None:
            raise UserError(f"{places[0].topic} is no topic that the gate reads.")
        repaired = to_record(value.read_text("utf-8"), kind, str(value))
    for sent in Redriver(settings).redrive(places, by, repaired):
        click.echo(
            f"{RecordCoordinates(*sent.key())} was sent again as "
            f"{sent.source_topic}/{sent.sent_partition}/{sent.sent_offset} by {sent.redriven_by}."
        )


def _time(time: datetime) -> str:
    return time.strftime("%Y-%m-%d %H:%M:%S")
