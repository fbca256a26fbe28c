"""Topic settings whose change lets Kafka delete records."""

LIMITS = ("retention.ms", "retention.bytes")
"""Settings with which a smaller value keeps fewer records; -1: no limit."""


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
    return {policy.strip() for policy in value.split(",")} - {"", "none"}
