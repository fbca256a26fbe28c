"""Registry compatibility, computed offline.

The registry answers for the versions and the mode that a subject has now. A plan may change the
mode first or register several versions, so it needs the answer for the state at that point.
"""

from contracts.compatibility.schema_check import avro_findings
from schemas.avro.parse import InvalidSchemaError

Versions = list[tuple[str, str | None]]
"""(label, schema) of each version, oldest first; None for a schema that cannot be checked."""


def incompatible_version(text: str, mode: str, versions: Versions) -> str | None:
    """Return the label of the newest version that makes the registry refuse a schema, or None.

    mode: BACKWARD, FORWARD or FULL checks the newest version; with _TRANSITIVE, all versions.
    """
    direction, _, transitive = mode.partition("_")
    for label, other in reversed(versions if transitive else versions[-1:]):
        if other is not None and not _is_compatible(text, other, direction):
            return label
    return None


def _is_compatible(text: str, other: str, direction: str) -> bool:
    try:
        reads = direction == "FORWARD" or not avro_findings(text, other)
        return reads and (direction == "BACKWARD" or not avro_findings(other, text))
    except InvalidSchemaError:
        return True
