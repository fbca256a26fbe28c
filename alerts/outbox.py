"""The tables of alerts: what each shelf was alerted for, and the messages, until they are sent.

They are in the database of the read model, so that a message is written in the transaction in which
its alerts are noticed. No topic could fill them again: a rebuild of the read model keeps them.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import (
    Column,
    Connection,
    Engine,
    Index,
    Integer,
    MetaData,
    Table,
    Text,
    and_,
    bindparam,
    delete,
    event,
    func,
    insert,
    select,
    text,
    update,
)

from alerts.kinds import Kind
from connect.settings import Settings
from views.database.column_types import POSTGRESQL, Characters, Instant
from views.database.engine import database_answers, open_database, writing
from views.database.migrate import LOCK

METADATA = MetaData()
STATES = Table(
    "alert_states",
    METADATA,
    Column("kind", Text, primary_key=True),
    Column("store_id", Characters, primary_key=True),
    Column("sku", Characters, primary_key=True),
    Column("alerted_at", Instant, nullable=False),
    Column("over_since", Instant),
)
"""Alerts that are not over: a shelf with a row is not alerted again.

sku: empty for a whole store. over_since: time since which its condition does not hold.
"""
MESSAGES = Table(
    "alert_messages",
    METADATA,
    Column("message_id", Text, primary_key=True),
    Column("target", Text, nullable=False),
    Column("store_id", Characters, nullable=False),
    Column("title", Characters, nullable=False),
    Column("body", Characters, nullable=False),
    Column("alerts", Text, nullable=False),
    Column("noticed_at", Instant, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("next_at", Instant, nullable=False),
    Column("sent_at", Instant),
    Index("alert_messages_by_target", "target", "sent_at", "next_at"),
)
"""Messages to one target each, about one store; they are deleted after some days.

alerts: JSON, a list of the alerts, each with an id of its own. next_at: time of the next attempt.
"""
KEPT = timedelta(days=7)
LONGEST_WAIT = 60
"""Seconds between two attempts at most."""

Key = tuple[Kind, str, str]
"""(kind, store_id, sku)"""


class Message(NamedTuple):
    """A message as its sender needs it."""

    message_id: str
    store_id: str
    title: str
    body: str
    alerts: str
    noticed_at: datetime
    attempts: int = 0


class StateChanges(NamedTuple):
    """Rows of STATES to write at one look."""

    ended: Sequence[Key] = ()
    resumed: Sequence[Key] = ()
    """They hold again before they were over for long enough."""
    over: Sequence[Key] = ()
    alerted: Sequence[Key] = ()
    """New ones."""
    again: Sequence[Key] = ()
    """Known ones that were postponed until now."""


def open_outbox(settings: Settings) -> Engine:
    """Open the database with these tables, and have each commit wait for the disk.

    An alert whose message is sent must not be forgotten by a power failure: it would be noticed
    again, with another id. Raises UserError when the database cannot be opened.
    """
    engine = open_database(settings)
    with database_answers(settings), writing(engine) as connection:
        if engine.dialect.name == POSTGRESQL:
            connection.execute(text("select pg_advisory_xact_lock(:number)"), {"number": LOCK})
        METADATA.create_all(connection)
    engine.dispose()  # connections of the pool
    is_postgresql = engine.dialect.name == POSTGRESQL
    event.listen(engine, "connect", _sync_postgresql if is_postgresql else _sync_sqlite)
    return engine


def _sync_postgresql(connection: Any, _record: Any) -> None:
    connection.execute("set synchronous_commit = on")
    connection.commit()


def _sync_sqlite(connection: Any, _record: Any) -> None:
    connection.execute("pragma synchronous = full")


def save(
    connection: Connection,
    now: datetime,
    changes: StateChanges,
    messages: Mapping[str, Sequence[Message]],
) -> None:
    """Write what was noticed at one look. messages: by target.

    Of two processes that notice the same, the second fails at the key of a state.
    """
    columns = STATES.c
    same = and_(*(columns[name] == bindparam(f"of_{name}") for name in ("kind", "store_id", "sku")))
    for keys, statement in (
        (changes.ended, delete(STATES).where(same)),
        (changes.resumed, update(STATES).where(same).values(over_since=None)),
        (changes.over, update(STATES).where(same).values(over_since=now)),
        (changes.again, update(STATES).where(same).values(alerted_at=now, over_since=None)),
    ):
        if keys:
            parameters = [
                {"of_kind": kind, "of_store_id": store, "of_sku": sku} for kind, store, sku in keys
            ]
            connection.execute(statement, parameters)
    if changes.alerted:
        connection.execute(
            insert(STATES),
            [
                {"kind": kind, "store_id": store, "sku": sku, "alerted_at": now}
                for kind, store, sku in changes.alerted
            ],
        )
    rows = [
        {**message._asdict(), "target": target, "next_at": now}
        for target, of_target in messages.items()
        for message in of_target
    ]
    if rows:
        connection.execute(insert(MESSAGES), rows)


def next_message(connection: Connection, target: str, now: datetime) -> Message | None:
    """Return the message of a target whose next attempt is due first; None: none is due."""
    columns = MESSAGES.c
    query = (
        select(*(columns[name] for name in Message._fields))
        .where(columns.target == target, columns.sent_at.is_(None), columns.next_at <= now)
        .order_by(columns.next_at, columns.message_id)
        .limit(1)
    )
    row = connection.execute(query).one_or_none()
    return Message(*row) if row else None


def mark(connection: Connection, message: Message, now: datetime, *, sent: bool) -> None:
    """Note the result of an attempt; a message that was not sent waits, each time for longer."""
    attempts = message.attempts + 1
    wait = timedelta(seconds=min(2**attempts, LONGEST_WAIT))
    values: dict[str, Any] = {"attempts": attempts}
    values |= {"sent_at": now} if sent else {"next_at": now + wait}
    of_message = MESSAGES.c.message_id == message.message_id
    connection.execute(update(MESSAGES).where(of_message).values(values))


def waiting(connection: Connection) -> dict[str, int]:
    """Count the messages that are not sent, by target."""
    columns = MESSAGES.c
    query = (
        select(columns.target, func.count())
        .where(columns.sent_at.is_(None))
        .group_by(columns.target)
    )
    return {target: number for target, number in connection.execute(query)}


def delete_old(connection: Connection, targets: Sequence[str], now: datetime) -> int:
    """Delete messages that are old, and those to targets that there are no more.

    Return the number of those that were not sent.
    """
    columns = MESSAGES.c
    needless = (columns.noticed_at < now - KEPT) | columns.target.not_in(targets)
    unsent = select(func.count()).where(needless, columns.sent_at.is_(None))
    number = connection.scalar(unsent) or 0
    connection.execute(delete(MESSAGES).where(needless))
    return number
