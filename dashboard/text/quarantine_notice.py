"""The page's notice about quarantined records."""

from views.quarantine import ReasonCount


def sentence(counts: tuple[ReasonCount, ...], written: dict[str, str]) -> str:
    """Word the notice; written: each reason's `since` as the page writes times."""
    total = sum(each.count for each in counts)
    parts = ", ".join(
        f"{each.reason.replace('_', ' ')} {each.count:,} (since {written[each.reason]})"
        for each in counts
    )
    records = "record is" if total == 1 else "records are"
    return (
        f"{total:,} {records} in quarantine, not in any stock figure: {parts}. "
        "List them with `make quarantine`."
    )
