"""The quarantine in the database: records that were not redriven, by reason, and the newest."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Connection, Select, and_, func, or_, select

from schemas.generated import QuarantinedRecord, Redrive
from schemas.record import Record
from views.database.tables import TABLES
from views.quarantine import Coordinates, Quarantined, ReasonCount, is_of

REFUSED, REDRIVEN = TABLES[QuarantinedRecord], TABLES[Redrive]


class Group(NamedTuple):
    """The records of one reason and topic that were not redriven."""

    reason: str
    topic: str
    size: int
    first: datetime
    """Time at which the first of them was quarantined, UTC."""
    last: datetime


def not_redriven(query: Select[Any], *conditions: ColumnElement[bool]) -> Select[Any]:
    """Restrict a query to records that were not redriven; see views.quarantine.is_of."""
    names: Sequence[str] = QuarantinedRecord.KEY
    same = and_(*(REFUSED.c[name] == REDRIVEN.c[name] for name in names))
    sent_at = REFUSED.c.sent_at
    is_of_it = or_(sent_at.is_(None), sent_at <= REDRIVEN.c.redriven_at)
    sent_again = select(REDRIVEN.c.redriven_at).where(same, is_of_it).exists()
    return query.where(*conditions, ~sent_again)


def by_reason(connection: Connection, after: datetime) -> list[ReasonCount]:
    """Count the records quarantined since a time, the most frequent reason first."""
    count = func.count().label("count")
    since = func.min(REFUSED.c.quarantined_at).label("since")
    query = not_redriven(select(REFUSED.c.reason, count, since), REFUSED.c.quarantined_at >= after)
    query = query.group_by(REFUSED.c.reason).order_by(count.desc(), REFUSED.c.reason)
    return [ReasonCount(reason, number, at) for reason, number, at in connection.execute(query)]


def groups(connection: Connection, reason: str | None, topic: str | None) -> list[Group]:
    """Count the records by reason and topic, the most first; None: any."""
    at, columns = REFUSED.c.quarantined_at, (REFUSED.c.reason, REFUSED.c.source_topic)
    count = func.count().label("count")
    query = not_redriven(select(*columns, count, func.min(at), func.max(at)), *_of(reason, topic))
    query = query.group_by(*columns).order_by(count.desc(), *columns)
    return [Group(*row) for row in connection.execute(query)]


def newest(connection: Connection, after: datetime) -> QuarantinedRecord | None:
    """Return the newest record quarantined since a time."""
    query = not_redriven(select(REFUSED), REFUSED.c.quarantined_at >= after)
    row = connection.execute(query.order_by(REFUSED.c.quarantined_at.desc()).limit(1))
    first = row.mappings().first()
    return QuarantinedRecord(**first) if first else None


def newest_keys(
    connection: Connection, reason: str | None, topic: str | None, limit: int | None = None
) -> list[tuple[Coordinates, Quarantined]]:
    """Return the newest records of a reason and a topic, the newest first; None: any, or all."""
    key = [REFUSED.c[name] for name in QuarantinedRecord.KEY]
    at = REFUSED.c.quarantined_at
    query = not_redriven(select(*key, REFUSED.c.reason, at), *_of(reason, topic))
    query = query.order_by(at.desc(), *(column.desc() for column in key)).limit(limit)
    return [((*each,), Quarantined(why, when)) for *each, why, when in connection.execute(query)]


def redriven(connection: Connection) -> int:
    """Count the records that were redriven."""
    return connection.scalar(select(func.count()).select_from(REDRIVEN)) or 0


def find(
    connection: Connection, key: tuple[Any, ...]
) -> tuple[QuarantinedRecord | None, Redrive | None]:
    """Return the record of some coordinates, and its redrive, if there are."""
    rows: list[Any] = []
    for record_type in (QuarantinedRecord, Redrive):
        row = connection.execute(_with_key(record_type, key)).mappings().first()
        rows.append(record_type(**row) if row else None)
    record, redrive = rows
    if record and redrive and not is_of(redrive, record.sent_at):
        redrive = None
    return record, redrive


def _with_key(record_type: type[Record], key: tuple[Any, ...]) -> Select[Any]:
    table = TABLES[record_type]
    names: Sequence[str] = QuarantinedRecord.KEY
    return select(table).where(
        *(table.c[name] == value for name, value in zip(names, key, strict=True))
    )


def _of(reason: str | None, topic: str | None) -> list[ColumnElement[bool]]:
    chosen = {REFUSED.c.reason: reason, REFUSED.c.source_topic: topic}
    return [column == value for column, value in chosen.items() if value is not None]
