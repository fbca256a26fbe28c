"""Begin to follow: bring rows and offsets into line with the topics that Kafka has."""

from collections.abc import Collection, Mapping

from sqlalchemy import Connection

from connect.errors import UserError
from connect.settings import PREFIX
from schemas.clock import utc_now
from schemas.record import Record
from views.database import read_offsets
from views.database.read_offsets import Position, Positions, of_topic
from views.database.reread import Reread
from views.database.tables import HISTORY
from views.database.write import empty
from views.starts import Start, start_of
from views.topic_facts import TopicFacts


def begin(
    connection: Connection, types: Mapping[str, type[Record]], topics: Mapping[str, TopicFacts]
) -> tuple[Positions, dict[str, Reread]]:
    """Return the positions at which reading begins, and the topics that are read again.

    types: the contract of each topic, whether or not it exists; topics: those that exist. The rows
    of a topic that is missing stay when they are current figures; those of history go. Raises
    UserError for rows of another prefix.
    """
    now = utc_now()
    stored = read_offsets.load(connection)
    others = {topic for topic, _ in stored} - types.keys()
    _require_own(others, types)
    for other in others:
        read_offsets.replace(connection, other, {})
    positions: Positions = {}
    rereads: dict[str, Reread] = {}
    for topic, record_type in types.items():
        before, facts = of_topic(stored, topic), topics.get(topic)
        if facts is None and record_type in HISTORY:
            before = {}
            read_offsets.replace(connection, topic, {})
        if not before:
            empty(connection, record_type)
        if facts is None:
            continue
        start = start_of(before, facts, now)
        if start == Start.ANEW:
            empty(connection, record_type)
        elif start == Start.REREAD:
            rereads[topic] = Reread(record_type, facts.ends)
        of_partitions = {}
        for number, first in facts.starts.items():
            position = before.get(number)
            if start == Start.ANEW or position is None:
                position = Position(facts.topic_id, first, first, 0, now)
            elif start == Start.REREAD:
                position = position._replace(next_offset=first, undecodable=0, rereading=True)
            of_partitions[topic, number] = position._replace(
                start_offset=first, end_offset=facts.ends[number]
            )
        read_offsets.replace(connection, topic, of_partitions)
        positions |= of_partitions
    return positions, rereads


def _require_own(others: Collection[str], types: Mapping[str, type[Record]]) -> None:
    """Raise UserError if one of the other topics in the database is that of another prefix.

    Its installation may be at work: each of two would empty the tables of the other one.
    """
    names = tuple(record_type.TOPIC for record_type in types.values())
    foreign = sorted(topic for topic in others if topic.endswith(names))
    if foreign:
        raise UserError(
            f"The read model's database has rows of the topic {foreign[0]}, of an installation "
            f"with another {PREFIX}PREFIX: give this one its own {PREFIX}STATE or "
            f"{PREFIX}DATABASE, or empty the database by `.venv/bin/python -m views rebuild`."
        )
