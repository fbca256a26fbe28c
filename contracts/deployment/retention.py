"""Which changes of a topic's settings let Kafka delete records that it keeps now."""

LIMITS = ("retention.ms", "retention.bytes")
"""Settings whose smaller value keeps less; -1: no limit."""


def may_delete(setting: str, before: str | None, after: str) -> bool:
    """Whether a setting's new value keeps less than the one in force; None: unknown."""
    if setting in LIMITS:
        return before is None or _limit(after) < _limit(before)
    if setting == "cleanup.policy":
        # Compaction deletes older records of a key, deletion those past the retention.
        return not _policies(after) <= _policies(before or "")
    return False


def _limit(value: str) -> float:
    return float("inf") if value == "-1" else float(value)


def _policies(value: str) -> set[str]:
    return {policy.strip() for policy in value.split(",")} - {"", "none"}
