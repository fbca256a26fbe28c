"""Reading of a file: the events that a mapping makes of its lines, without sending them."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from connect.errors import UserError
from connect.own_memory import rare_collections
from connect.progress import waiting
from producers.replay.conversion import Conversion, Known
from producers.replay.expressions import own_references
from producers.replay.file_parts import needed_columns, parts
from producers.replay.header import matches
from producers.replay.mapping import Mapping
from producers.replay.part import Part
from producers.replay.proposals import Expression, Proposals, is_event, propose, value_of
from producers.replay.row_batch import Batch, Proposed
from producers.replay.text_table import decoded
from producers.replay.workspace import store, workspace


@dataclass(slots=True, kw_only=True)
class Reading:
    """A file that is read whole, and whose expressions are evaluated."""

    mapping: Mapping
    columns: tuple[str, ...]
    """Names of the file's columns, in its order."""
    is_rejects: bool
    """True for a file of rejected lines: its lines have the numbers of the export's."""
    unread: list[str]
    """Sentences on the sheets and files of an archive that have no column of the mapping."""
    proposals: Proposals

    def batches(
        self,
        clock: Callable[[], datetime],
        oldest: datetime | None = None,
        known: Known | None = None,
    ) -> Iterator[tuple[Batch, datetime]]:
        """Yield the events, once; see Conversion."""
        conversion = Conversion(self.mapping, self.proposals, oldest, known)
        for rows in self.proposals.batches():
            now = clock()
            yield conversion.convert(rows, now), now

    def originals(self, rows: list[int]) -> dict[int, tuple[list[str], dict[str, Any]]]:
        """Return the cells of lines as the export has them, and by column, by row."""
        if not rows:
            return {}
        query = f"SELECT * FROM file WHERE file_row IN ({', '.join(map(str, rows))})"
        cursor = self.proposals.database.cursor().execute(query)
        names = [column[0] for column in cursor.description or ()]
        lines = {}
        for row in cursor.fetchall():
            held = dict(zip(names, row, strict=True))
            original = held["file_original"]
            cells = ["" if held[name] is None else str(held[name]) for name in self.columns]
            lines[held["file_row"]] = (decoded(original) if original else cells, held)
        return lines

    def held_time(self, row: int, column: str) -> tuple[str, bool]:
        """Return a time of a column of `proposals` as text, and True for an instant.

        A local time stays what it is, also that of in_zone.
        """
        sql = self.proposals.sql[column].sql.replace("in_zone(", "wall_clock(")
        query = (
            "SELECT coalesce(CAST(held AS VARCHAR), ''), typeof(held) LIKE '%ZONE' "
            f"FROM (SELECT file_row, {sql} AS held FROM named) WHERE file_row = {row}"
        )
        text, is_instant = self.proposals.database.cursor().execute(query).fetchone() or ("", False)
        return text, is_instant

    def reason(self, each: Proposed, held: dict[str, Any]) -> str:
        """Return why a line is rejected, with what the columns of a failed expression hold.

        held: its cells by column.
        """
        number = self.mapping.events.index(each.event)
        name = each.problem.partition(":")[0]
        column = is_event(number) if name == "where" else value_of(number, name)
        sql = self.proposals.sql.get(column)
        if sql is None:
            return each.problem
        names = self._columns_of(sql)
        inputs = ", ".join(f"{name} is {held[name]!r}" for name in names if name in held)
        return f"{each.problem} ({inputs})" if inputs else each.problem

    def _columns_of(self, sql: Expression) -> list[str]:
        """Return the file's columns that an expression, or those of [columns] in it, are made of.

        [] for a column of the file, whose value the reason has itself.
        """
        further = {name.casefold(): written for name, written in self.mapping.columns.items()}
        names: dict[str, None] = {}
        for name in sql.inputs:
            written = further.get(name.casefold())
            if written is not None:
                held = map(self.proposals.column, own_references(written))
                names |= dict.fromkeys(sorted(filter(None, held)))
            elif not sql.is_column:
                names[name] = None
        return list(names)


@contextmanager
def reading(file: Path, mapping: Mapping, limit: int | None = None) -> Iterator[Reading]:
    """Read a file with a mapping. limit: number of lines. Raises UserError."""
    needed, comma = needed_columns(mapping), mapping.decimal_comma
    with rare_collections(), workspace(mapping.zone, comma) as database:
        with waiting("reading the file"):
            for name, (path, layout) in mapping.files.items():
                with parts(path, comma, layout, needed) as second:
                    store(database, name, _fitting(path, mapping, second, needed))
            with parts(file, comma, mapping.layout, needed) as all_parts:
                fitting = _fitting(file, mapping, all_parts, needed)
                store(database, "file", fitting, limit)
            proposals = propose(database, mapping, fitting[0].columns)
        yield Reading(
            mapping=mapping,
            columns=fitting[0].columns,
            is_rejects=fitting[0].is_rejects,
            unread=[
                part.problem or f"Not read, as it lacks the mapping's columns: {part.name}."
                for part in all_parts
                if part not in fitting
            ],
            proposals=proposals,
        )


def _fitting(path: Path, mapping: Mapping, all_parts: list[Part], needed: set[str]) -> list[Part]:
    """Choose the parts that have the most columns of the mapping."""
    if not all_parts:
        raise UserError(f"{path} holds no file or sheet of the name that {mapping.path} has.")
    counts = [matches(part.columns, needed) for part in all_parts]
    highest = max(counts)
    if not highest:
        names = ", ".join(all_parts[0].columns)
        shown = f"its columns are: {names}" if names.isprintable() else "its first line is no text"
        raise UserError(f"{path} has no column of the mapping {mapping.path}; {shown}.")
    return [part for part, count in zip(all_parts, counts, strict=True) if count == highest]
