"""Sessions share what they look at: a query is put once, however many pages show its result."""

import gc
import weakref
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import Engine

from connect.settings import Settings
from dashboard.queries import read_state
from dashboard.queries import shared as shared_results
from dashboard.queries.read_state import ReadState
from dashboard.queries.shared import shared
from dashboard.queries.store_list import known_stores
from tests.support.counted_queries import queries
from tests.support.page_database import filled
from tests.support.page_test import OpenPage
from tests.support.store_records import level, order, product, sold, transfer
from views.database.read_offsets import Position


class Result:
    """The result of a query."""


@pytest.fixture
def engine(tmp_path: Path) -> Engine:
    minute = datetime.now(UTC).replace(second=0, microsecond=0)
    return filled(
        tmp_path,
        [
            product("a"),
            level("a", 1),
            level("a", 3, store="S2"),
            order("o", 5),
            transfer("t", 3, "S2"),
            replace(sold(0, 3), minute_start=minute),
        ],
    )


@pytest.mark.parametrize(
    ("page", "store"),
    [(each, "S1") for each in ("today", "stock", "product", "deliveries", "sales")] + [("", None)],
)
def test_a_further_session_of_a_page_adds_no_query_to_those_of_the_first(
    opened: OpenPage,
    engine: Engine,
    monkeypatch: pytest.MonkeyPatch,
    page: str,
    store: str | None,
) -> None:
    choices = {"store": store, "sku": "a"} if store else {}
    monkeypatch.setattr(read_state, "monotonic", lambda: 1.0)
    begun = datetime.now(UTC)
    with queries(engine) as of_opening:
        known_stores(engine)
    with queries(engine) as of_first:
        opened(engine, page, **choices)
    with queries(engine) as of_others:
        for _ in range(2):
            opened(engine, page, **choices)
    assert len(of_first) > len(of_opening) + 3
    if datetime.now(UTC).minute == begun.minute:  # with a minute, figures become old
        assert of_others == 2 * of_opening


def test_the_state_of_the_read_model_is_looked_at_once_in_an_interval(
    engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = Settings(state=tmp_path)
    times = iter([10.0, 10.4, 10.6])
    monkeypatch.setattr(read_state, "monotonic", lambda: next(times))
    counts = []
    for _ in range(3):
        with queries(engine) as executed:
            read_state.read_state(engine, settings)
        counts.append(len(executed))
    assert counts == [counts[0], 0, counts[0]]


def test_a_topic_that_was_created_again_with_as_many_records_has_another_version() -> None:
    before, after, more = (
        ReadState({("stores", 0): Position(topic, offset, 0, offset, datetime.now(UTC))}, {}, None)
        for topic, offset in (("one", 6), ("another", 6), ("one", 7))
    )
    assert len({each.version(["stores"]) for each in (before, after, more)}) == 3
    assert before.version(["products"]) == after.version(["products"])


def test_a_result_is_shared_as_long_as_its_version_stays() -> None:
    answers = iter(["first", "second", "third"])
    query: Callable[[str], str] = lambda _: next(answers)  # noqa: E731 - a new one each time
    assert [shared(version, query, "a") for version in (1, 1, 2, 2)] == [
        "first",
        "first",
        "second",
        "second",
    ]
    assert shared(2, query, "b") == "third"


def test_a_result_that_no_page_uses_any_more_is_dropped(monkeypatch: pytest.MonkeyPatch) -> None:
    shared_results.forget()
    now = [1_000.0]
    monkeypatch.setattr(shared_results, "monotonic", lambda: now[0])
    kept: list[weakref.ref[Result]] = []

    def of_minute(_: int) -> Result:
        kept.append(weakref.ref(result := Result()))
        return result

    for minute in range(10):
        now[0] += 60
        shared(1, Result)
        shared(1, of_minute, minute)
    gc.collect()
    assert [each() is not None for each in kept] == [False] * 8 + [True] * 2
    shared_results.forget()
