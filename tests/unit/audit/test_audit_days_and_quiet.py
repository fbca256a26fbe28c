"""Business days follow the stores' time zone, and the audit waits for a job that still writes."""

from dataclasses import replace
from decimal import Decimal
from itertools import chain, count, repeat
from time import monotonic
from zoneinfo import ZoneInfo

import pytest

from audit import sales_by_day, wait_until_quiet
from audit.offsets import Offsets
from tests.support.audit_examples import START
from tests.support.audited_day import COUNT, SALE


def test_a_sale_belongs_to_the_day_of_the_stores_time_zone() -> None:
    late = SALE.from_dict(SALE.to_dict() | {"occurred_at": START})
    for zone, day in (("UTC", "2026-03-01"), ("Europe/Berlin", "2026-03-02")):
        assert sales_by_day.key_in(ZoneInfo(zone))(late) == ("north", "milk", "EUR", day)
    assert sales_by_day.key_in(ZoneInfo("UTC"))(COUNT) is None


def test_a_revenue_is_at_most_what_the_contract_holds_and_comes_back() -> None:
    lines = [replace(SALE, line_amount=Decimal("9999999999.99"))] * 1_000_001
    returned = [replace(SALE, line_amount=Decimal("-9999999999.99"))] * 100
    key = ("north", "milk", "EUR", "2026-03-01")
    largest = sales_by_day.record(key, lines)
    largest.validate()
    assert str(largest.revenue) == "9999999999999999.99"
    assert sales_by_day.record(key, lines + returned).revenue == 999_901 * Decimal("9999999999.99")


def test_it_waits_until_nothing_was_written_for_a_while(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wait_until_quiet, "QUIET_SECONDS", 0.2)
    monkeypatch.setattr(wait_until_quiet, "LOOK_SECONDS", 0.01)
    written: list[Offsets] = [{("levels", 0): n} for n in range(5)]
    ends = chain(written, repeat(written[-1]))
    assert wait_until_quiet.wait_until_quiet(lambda: next(ends), 30) == written[-1]


def test_it_waits_for_sales_that_the_job_holds_while_it_writes_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(wait_until_quiet, "QUIET_SECONDS", 0.1)
    monkeypatch.setattr(wait_until_quiet, "LOOK_SECONDS", 0.01)
    start = monotonic()

    def ends() -> Offsets:
        return {("sales-by-day", 0): int(monotonic() - start > 0.3)}

    assert wait_until_quiet.wait_until_quiet(ends, 30, held_seconds=0.5) == {("sales-by-day", 0): 1}


def test_it_does_not_wait_for_ever_for_a_job_that_always_writes(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(wait_until_quiet, "LOOK_SECONDS", 0.01)
    moving = count()
    start = monotonic()
    wait_until_quiet.wait_until_quiet(lambda: {("levels", 0): next(moving)}, 0.3)
    assert 0.3 <= monotonic() - start < 2
