"""Open orders: the newest version counts, in any order of arrival."""

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as some

from schemas.generated import OpenOrder
from tests.support.store_records import order
from views.open_items import OpenItems
from views.table import Table

versions = some.lists(
    some.tuples(some.sampled_from("xyz"), some.integers(1, 5), some.integers(0, 3)), max_size=20
)


@given(versions)
def test_open_items_have_the_greatest_version_in_any_order_of_arrival(
    read: Sequence[tuple[str, int, int]],
) -> None:
    # A version stands for one state of an order: the same number, the same units.
    states = {(name, version): units for name, version, units in read}
    items: OpenItems[OpenOrder] = OpenItems()
    for name, version, _ in read:
        items.put(order(name, states[name, version], version=version))
    expected = {}
    for name in {name for name, _, _ in read}:
        newest = max(version for other, version, _ in read if other == name)
        if states[name, newest]:
            expected[name] = states[name, newest]
    assert {item.order_id: item.remaining for item in items} == expected


def test_a_completed_order_is_not_reopened_by_an_older_version() -> None:
    items: OpenItems[OpenOrder] = OpenItems()
    assert items.put(order("x", 5, version=1))
    assert items.put(order("x", 0, version=3))
    assert not items.put(order("x", 5, version=2))
    assert not list(items)
    assert items.put(order("x", 7, version=4))
    assert [item.remaining for item in items] == [7]


@pytest.mark.parametrize("newest", [0, 5])
@pytest.mark.parametrize("kept_in", [OpenItems, Table])
def test_a_deleted_order_is_forgotten_with_its_version(
    kept_in: type[OpenItems[OpenOrder] | Table[OpenOrder]], newest: int
) -> None:
    items = kept_in()
    items.put(order("x", newest, version=3))
    items.remove(order("x", newest).key())
    assert not list(items)
    assert items.put(order("x", 7, version=1))
    assert [item.remaining for item in items] == [7]
