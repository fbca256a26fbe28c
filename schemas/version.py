"""The version of a record that the job publishes."""

from schemas.record import Record

Version = tuple[int, int]
"""(generation, version within the generation)"""
FIRST: Version = (0, 0)
"""Below the version of every published record."""


def version_of(record: Record) -> Version:
    """Return the version of a record; of two with one key, the higher is the newer."""
    return getattr(record, "generation", 0), getattr(record, "version", 0)
