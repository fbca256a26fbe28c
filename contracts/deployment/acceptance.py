"""Whether a registry would take a schema as the next version of a subject, judged offline.

The registry's own answer holds for the versions and the mode that a subject has now. A plan may
change the mode first, or register several versions, and is to know the answer then.
"""

from contracts.compatibility.check import avro_findings
from schemas.avro.parse import InvalidSchemaError

Versions = list[tuple[str, str | None]]
"""(label, text) of each version, the oldest first; None for a text that cannot be judged."""


def refusing(text: str, mode: str, versions: Versions) -> str | None:
    """The label of the newest version with which the schema would be refused; None: accepted.

    mode: BACKWARD, FORWARD or FULL, perhaps _TRANSITIVE: against all versions, not the newest.
    """
    direction, _, transitive = mode.partition("_")
    for label, other in reversed(versions if transitive else versions[-1:]):
        if other is not None and not _fits(text, other, direction):
            return label
    return None


def _fits(text: str, other: str, direction: str) -> bool:
    try:
        reads = direction == "FORWARD" or not avro_findings(text, other)
        return reads and (direction == "BACKWARD" or not avro_findings(other, text))
    except InvalidSchemaError:
        return True
