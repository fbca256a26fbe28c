"""Schemas that the registry does not have: looked up once in a while, not for each record."""

from collections.abc import Callable
from typing import TypeVar

from connect.expiring_set import ExpiringSet
from connect.registry import UnknownSchemaError

UNKNOWN_SECONDS = 10.0
"""Time for which an id stays unknown without another request: replicas may lag behind."""

K = TypeVar("K")
V = TypeVar("V")


def remembering_unknown(look_up: Callable[[K], V]) -> Callable[[K], V]:
    """Return the look-up, which then repeats no request for an id that was unknown."""
    unknown: ExpiringSet[K] = ExpiringSet(UNKNOWN_SECONDS)

    def known(schema_id: K) -> V:
        if schema_id in unknown:
            raise unknown_schema(schema_id)
        try:
            return look_up(schema_id)
        except UnknownSchemaError:
            unknown.add(schema_id)
            raise

    return known


def unknown_schema(schema_id: object) -> UnknownSchemaError:
    """Return the error for an id that is not requested again yet."""
    return UnknownSchemaError(f"The registry has no schema {schema_id}.")
