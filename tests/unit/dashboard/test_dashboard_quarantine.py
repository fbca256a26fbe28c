"""The notice about quarantined records."""

from dashboard.text.quarantine_notice import sentence
from tests.support.store_records import AT
from views.quarantine import ReasonCount


def test_the_notice_gives_count_reason_and_first_time() -> None:
    counts = (ReasonCount("left_over", 1_200, AT), ReasonCount("time", 1, AT))
    notice = sentence(counts, {"left_over": "01 May 08:00", "time": "01 May 09:30"})
    assert notice.startswith("1,201 records are in quarantine")
    assert "left over 1,200 (since 01 May 08:00), time 1 (since 01 May 09:30)." in notice
