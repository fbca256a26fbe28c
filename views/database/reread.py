"""A topic read again from its start: its rows stay, and those that are not in it go at the end."""

from collections.abc import Mapping

from sqlalchemy import Connection, select

from schemas.record import Record
from views.database.conflation import Changes, Key
from views.database.read_offsets import Position
from views.database.tables import TABLES
from views.database.write import delete_rows

CHUNK = 10_000


class Reread:
    """The keys that a topic has.

    They are kept as hashes, to save memory. Of two keys with the same hash, of which one is gone,
    the row of that one would stay: among a million keys a chance of 1 in 37 million.
    """

    def __init__(self, record_type: type[Record], ends: Mapping[int, int]) -> None:
        """ends: of the partitions, at the time when reading begins."""
        self._record_type = record_type
        self._ends = ends
        self._keys: set[int] = set()

    def add(self, changes: Changes) -> None:
        """Add the changes of a batch, in the order of the topic."""
        self._keys.difference_update(map(_hash, changes.deleted))
        self._keys.update(map(_hash, changes.newest))

    def is_complete(self, positions: Mapping[int, Position]) -> bool:
        """Check whether all records have been read that were there at the beginning."""
        return all(positions[number].next_offset >= end for number, end in self._ends.items())

    def delete_missing(self, connection: Connection) -> None:
        """Delete the rows whose keys the topic does not have."""
        table = TABLES[self._record_type]
        keys = select(*(table.c[name] for name in self._record_type.KEY))
        rows = connection.execute(keys.execution_options(yield_per=CHUNK))
        missing = [tuple(row) for row in rows if _hash(tuple(row)) not in self._keys]
        delete_rows(connection, self._record_type, missing)


def _hash(key: Key) -> int:
    # As the database holds it: see column_types.Characters.
    return hash(tuple(one.replace("\0", "\u2400") if type(one) is str else one for one in key))
