"""The conversions of contracts that stand beside their successor.

flink/sql/conversions/<old>_to_<new>.sql and <new>_to_<old>.sql are each one SELECT, from the table
of one topic, with the fields of the other contract in its order. So each topic has every event, and
a reader reads one of the two. A converted record has a header with the topic that it comes from,
and is not converted back.
"""

from collections.abc import Iterator
from pathlib import Path

from connect.settings import Settings
from flink import statements
from schemas.generated import SUCCESSIONS
from schemas.record import Record

CONVERSIONS = statements.SQL / "conversions"
CONVERTED_FROM = "converted-from"
"""Header of a converted record: the topic of its original."""


def inserts(settings: Settings) -> Iterator[tuple[Path, str]]:
    """Yield (file, statement) of each conversion of a topic's records into those of another.

    There is none back into a topic that no reader is left of: its file is deleted.
    """
    for old, new in SUCCESSIONS:
        for source, target in ((old, new), (new, old)):
            path = file(source, target)
            if target is new or path.exists():
                yield path, insert(source, target, statements.read(path, settings))


def file(source: type[Record], target: type[Record]) -> Path:
    """Return the file of a conversion, named by the files of the two contracts."""
    stems = (record_type.__module__.rpartition(".")[2] for record_type in (source, target))
    return CONVERSIONS / f"{'_to_'.join(stems)}.sql"


def insert(source: type[Record], target: type[Record], query: str) -> str:
    """Return the statement that sends the rows of a conversion's query to the target's topic."""
    origin = f"headers['{CONVERTED_FROM}']"
    return f"""\
INSERT INTO to_{_table(target)}
WITH {_table(source)} AS (
  SELECT {", ".join(field.name for field in source.FIELDS)}
  FROM from_{_table(source)}
  WHERE {origin} IS NULL OR DECODE({origin}, 'UTF-8') <> '{target.TOPIC}'
),
converted AS (
{query}
)
SELECT
  {", ".join(field.name for field in target.FIELDS)},
  MAP['{CONVERTED_FROM}', ENCODE('{source.TOPIC}', 'UTF-8')]
FROM converted
"""


def _table(record_type: type[Record]) -> str:
    return record_type.TOPIC.replace("-", "_").replace(".", "_")
