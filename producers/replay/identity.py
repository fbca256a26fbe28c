"""The event_id of each line of a file, the same in every replay."""

from collections import Counter
from typing import Any

from producers.replay.mapping import Mapping
from producers.replay.parsing import text
from producers.replay.row_batch import Batch


class Identities:
    """Makes event_ids of the form <source>:<column>:<column>…

    Identical lines that are distinct events get :2, :3 … from the second on, in the order of the
    file. This keeps every id in memory, about 200 bytes each. Rejected lines are numbered, too, so
    that correcting one does not change the ids of others.
    """

    def __init__(self, mapping: Mapping) -> None:
        self._source = mapping.source
        self._columns = mapping.event_id
        self._seen: Counter[str] | None = Counter() if mapping.distinct else None

    def of(self, batch: Batch) -> list[str]:
        """Return the ids of a batch; reject each line in which a column is empty."""
        parts = [self._parts(batch, name) for name in self._columns]
        source = self._source
        ids = [f"{source}:{':'.join(values)}" for values in zip(*parts, strict=True)]
        return ids if self._seen is None else [self._numbered(event_id) for event_id in ids]

    def _parts(self, batch: Batch, name: str) -> list[str]:
        parts = [_escaped(value) for value in batch.column(name)]
        if "" in parts:
            reason = f"event_id: expected a value, got nothing (column {name!r})"
            for index, part in enumerate(parts):
                if not part:
                    batch.failed.setdefault(index, reason)
        return parts

    def _numbered(self, event_id: str) -> str:
        assert self._seen is not None
        self._seen[event_id] += 1
        number = self._seen[event_id]
        return event_id if number == 1 else f"{event_id}:{number}"


def _escaped(value: Any) -> str:
    """Escape colons, so that ("a:b", "c") and ("a", "b:c") differ; no value gives ""."""
    if type(value) is int:
        return str(value)
    if value is None:
        return ""
    return text(value).replace("%", "%25").replace(":", "%3A")
