"""Rows that are older than Kafka keeps their records."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import Connection, delete

from schemas.generated import QuarantinedRecord, SalesPerMinute
from schemas.record import Record
from views.database.conflation import Changes
from views.database.tables import TABLES

EXPIRES: dict[type[Record], str] = {
    SalesPerMinute: "minute_start",
    QuarantinedRecord: "quarantined_at",
}
"""Contracts whose topics have a retention, with the column by which their rows grow old."""


def drop_expired(
    changes: Mapping[type[Record], Changes], earliest: Mapping[type[Record], datetime]
) -> None:
    """Drop records that would be deleted at once."""
    for record_type, time in earliest.items():
        if record_type in changes:
            column, newest = EXPIRES[record_type], changes[record_type].newest
            for key in [key for key, record in newest.items() if getattr(record, column) < time]:
                del newest[key]


def delete_expired(connection: Connection, earliest: Mapping[type[Record], datetime]) -> None:
    """Delete the rows from before a time."""
    for record_type, time in earliest.items():
        table = TABLES[record_type]
        connection.execute(delete(table).where(table.c[EXPIRES[record_type]] < time))
