"""Values of topic settings: which are the same, and which change lets Kafka delete records."""

LIMITS = ("retention.ms", "retention.bytes")
"""Settings with which a smaller value keeps fewer records; -1: no limit."""


def is_same(value: str | None, other: str) -> bool:
    """Return True for equal values; the order of a list, as in cleanup.policy, does not matter."""
    return value is not None and _parts(value) == _parts(other)


def may_delete(setting: str, before: str | None, after: str) -> bool:
    """Return True if the new value may keep fewer records. before: None if it is unknown."""
    if setting in LIMITS:
        return before is None or _limit(after) < _limit(before)
    if setting == "cleanup.policy":
        # "compact" deletes older records of a key, "delete" those past the retention.
        return not _policies(after) <= _policies(before or "")
    return False


def _limit(value: str) -> float:
    return float("inf") if value == "-1" else float(value)


def _policies(value: str) -> set[str]:
    return _parts(value) - {"", "none"}


def _parts(value: str) -> set[str]:
    return {part.strip() for part in value.split(",")}
