"""The account of a replay: what became of the lines of a file, and what was rounded."""

from collections import Counter

from producers.replay.row_batch import Batch, Rounding


class Account:
    """Counts lines by their outcome."""

    def __init__(self, sent: str, is_checked: bool) -> None:
        """sent: name of the lines that are sent.

        is_checked: counted lines are marked, so that those sent are new.
        """
        self.counts: Counter[str] = Counter()
        """Lines by their outcome."""
        self._sent = sent
        self._is_checked = is_checked
        self._rounded: Counter[str] = Counter()
        self._first_rounded: dict[str, Rounding] = {}

    def begin(self, batch: Batch) -> None:
        """Count the lines that are no event, and the roundings."""
        self.counts["filtered"] += batch.filtered
        for each in batch.roundings:
            self._rounded[each.field] += 1
            self._first_rounded.setdefault(each.field, each)

    @property
    def numbers(self) -> str:
        """The number of lines, and its parts by name."""
        counts = self.counts
        parts = f"{self._sent} {counts['sent']:,}"
        if self._is_checked:
            parts = f"new {counts['sent']:,} + already counted {counts['counted']:,}"
        more = "".join(
            f" + {words} {counts[name]:,}"
            for name, words in (("repeats", "replayed before"), ("filtered", "no event"))
            if counts[name]
        )
        return f"read {counts.total():,} = {parts} + rejected {counts['rejected']:,}{more}"

    @property
    def roundings(self) -> list[str]:
        """A sentence for each field of which values were rounded."""
        return [
            f"{name} has more digits than its contract and was rounded, in lines: {count:,}; first "
            f"in line {first.line}, {first.value} to {first.rounded}."
            for name, count in self._rounded.items()
            for first in (self._first_rounded[name],)
        ]
