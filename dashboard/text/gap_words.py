"""Gaps in the figures of the pages, in sentences."""

from dashboard.queries.gaps import Gaps


def gap_sentences(gaps: Gaps) -> list[str]:
    """Word the missing topics and the records that were skipped."""
    sentences = []
    if gaps.missing:
        topics = ", ".join(each.TOPIC for each in gaps.missing)
        sentences.append(
            f"Missing topics: {topics}. Their figures are not shown. "
            "Create them with `make schemas`."
        )
    if gaps.undecodable:
        counts = ", ".join(f"{count:,} of {topic}" for topic, count in gaps.undecodable.items())
        sentences.append(f"Not shown, because they cannot be decoded: {counts}.")
    return sentences
