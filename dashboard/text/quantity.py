"""Amounts as operators read them: bytes, durations, rates, shares."""

from datetime import timedelta

UNKNOWN = "\u2013"


def size(number: int | None) -> str:
    """ "85 kB", "310 MB", "1.2 GB"; unknown for None."""
    if number is None:
        return UNKNOWN
    if number >= 10**9:
        return f"{number / 10**9:.1f} GB"
    return f"{number / 10**6:,.0f} MB" if number >= 10**6 else f"{number / 1000:,.0f} kB"


def duration(time: timedelta) -> str:
    """ "less than 0.1 s", "0.3 s", "45 s", "4 min", "3 h", "2 days"."""
    seconds = time.total_seconds()
    if seconds < 0.05:
        return "less than 0.1 s"
    if seconds < 10:
        return f"{seconds:.1f} s"
    if seconds < 120:
        return f"{seconds:.0f} s"
    if seconds < 7200:
        return f"{seconds / 60:.0f} min"
    return f"{seconds / 3600:.0f} h" if seconds < 48 * 3600 else f"{seconds / 86400:.0f} days"


def rate(per_second: float | None) -> str:
    """ "20/s", "0.5/s"; unknown for None. It has no blank: a narrow cell would break there."""
    if per_second is None:
        return UNKNOWN
    written = f"{per_second:.1f}" if 0 < per_second < 10 else f"{per_second:,.0f}"
    return f"{written}/s"


def share(part: float) -> str:
    """ "40 %"."""
    return f"{part:.0%}".replace("%", " %")
