"""Sums of sales: only what may have changed is summed again."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import update

from connect.settings import Settings
from dashboard.queries.store_sales import units_by_minute
from dashboard.web.visit import Visit
from schemas.generated import InventoryLevel, OpenOrder
from tests.support.counted_queries import queries
from tests.support.page_database import filled
from tests.support.store_records import level, order, sold
from views.database.tables import OFFSETS

MINUTE = timedelta(minutes=1)


def test_minutes_on_both_sides_of_the_latest_ones_are_summed_once_each(tmp_path: Path) -> None:
    now = datetime.now(UTC).replace(second=0, microsecond=0)
    sold_at = {now - back * MINUTE: back + 1 for back in (0, 1, 9, 10, 11, 30, 59, 60, 61, 62, 200)}
    engine = filled(
        tmp_path,
        [replace(sold(0, units), minute_start=minute) for minute, units in sold_at.items()],
    )
    start, end = now - 200 * MINUTE, now + MINUTE
    assert units_by_minute(engine, ("S1",), start, end, 1) == sold_at
    within = {at: units for at, units in sold_at.items() if now - 61 * MINUTE <= at < now}
    assert units_by_minute(engine, ("S1",), now - 61 * MINUTE, now, 1) == within


def test_a_new_sale_sums_the_latest_minutes_only(tmp_path: Path) -> None:
    now = datetime.now(UTC)
    engine = filled(tmp_path, [replace(sold(0, 3), minute_start=now - 600 * MINUTE)])
    span = (("S1",), now - 900 * MINUTE, now)
    with queries(engine) as first:
        units_by_minute(engine, *span, 1)
    with queries(engine) as again:
        units_by_minute(engine, *span, 2)
    assert len(first) == 2
    assert len(again) == 1 or now.minute != datetime.now(UTC).minute


def test_a_record_of_another_contract_leaves_a_part_of_a_page_as_it_is(tmp_path: Path) -> None:
    engine = filled(tmp_path, [level("a", 1), order("o", 5)])
    visit = Visit(Settings(state=tmp_path), engine, {}, "S1", {})
    before = visit.version(OpenOrder), visit.version(InventoryLevel), visit.version()
    with engine.begin() as connection:
        connection.execute(
            update(OFFSETS)
            .where(OFFSETS.c.topic == InventoryLevel.TOPIC)
            .values(next_offset=OFFSETS.c.next_offset + 1)
        )
    after = visit.version(OpenOrder), visit.version(InventoryLevel), visit.version()
    changed = [new != old for new, old in zip(after, before, strict=True)]
    assert changed == [False, True, True]
