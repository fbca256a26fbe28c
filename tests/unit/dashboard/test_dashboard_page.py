"""The page without a browser, for each state of the feed."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest
from streamlit.testing.v1 import AppTest

import dashboard
from connect.errors import UserError
from connect.settings import Settings
from dashboard.feed.store_tables import StoreTables
from dashboard.model.snapshot import Outage, Snapshot, Store
from dashboard.text.shelf_text import NONE_DUE
from dashboard.web import page
from schemas.generated import OpenOrder, OpenTransfer, SalesByDay
from schemas.record import Record
from tests.support.store_records import level, order, product, sold, transfer
from tests.unit.dashboard.test_dashboard_charts import HOSTILE

APP = Path(dashboard.__file__).with_name("app.py")
Open = Callable[..., AppTest]

RECORDS: list[Record] = [
    product("007", 10, "Milk", "Dairy"),
    product("008", 10, "Bread", "Bakery"),
    level("007", 4),
    level("008", 0),
    level("009", -1),
    level("008", 50, store="S2"),
    sold(0, 6, "007"),
]


def stores(records: list[Record], read_at: datetime | None = None) -> Mapping[str, Store]:
    tables = StoreTables()
    for record in records:
        tables.put(record, read_at or datetime.now(UTC))
    return tables.stores(read_at or datetime.now(UTC))


def full(records: list[Record] | None = None, age: float = 0, **more: object) -> Snapshot:
    now = datetime.now(UTC)
    read_at = now - timedelta(seconds=age)
    return Snapshot(
        complete=True,
        stores=stores(RECORDS if records is None else records, read_at),
        read_at=read_at,
        heard_at=now,
        **more,  # type: ignore[arg-type]
    )


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> Open:
    def open_page(snapshot: Snapshot, **query: str) -> AppTest:
        feed = SimpleNamespace(snapshot=snapshot)
        monkeypatch.setattr(page, "get_feed", lambda: feed)
        app = AppTest.from_file(str(APP), default_timeout=30)
        for name, value in query.items():
            app.query_params[name] = value
        app.run()
        assert not app.exception
        return app

    return open_page


def html(app: AppTest) -> str:
    bodies = (one.proto.body for one in app.get("html"))
    return "\n".join(body for body in bodies if not body.startswith("<style>"))


def selected(app: AppTest) -> str:
    """Return the query parameter `store`; AppTest keeps it as text or as a list."""
    store = app.query_params["store"]
    return store if isinstance(store, str) else store[0]


def figures(app: AppTest) -> dict[str, str]:
    return {one.label: one.value for one in app.metric}


def test_a_full_feed_is_shown_at_once(opened: Open) -> None:
    app = opened(full())
    assert figures(app) == {
        "Products tracked": "3",
        "Out of stock": "1",
        "Low": "1",
        "Negative": "1",
        "Units on order": "0",
        "Sold, hour to 09:01": "6",
    }
    assert 'data-state="live"' in html(app)
    table = app.dataframe[0].value
    assert list(table["sku"]) == ["009", "008", "007"]
    assert len(app.get("vega_lite_chart")) == 4


def test_the_choice_of_store_stays_in_the_address(opened: Open) -> None:
    app = opened(full())
    assert selected(app) == "S1"
    app.selectbox(key="store").set_value("S2").run()
    assert selected(app) == "S2"
    assert figures(app)["Products tracked"] == "1"
    again = opened(full([level("a", 1, store="S0"), *RECORDS]), store="S2")
    assert again.selectbox(key="store").value == "S2"


def test_an_unknown_store_in_the_address_is_reported_and_kept(opened: Open) -> None:
    app = opened(full(), store="<b>S9")
    assert "Unknown store &lt;b&gt;S9:" in html(app)
    assert selected(app) == "<b>S9"
    assert not app.metric


def test_before_the_topics_are_read_nothing_is_zero(opened: Open) -> None:
    app = opened(Snapshot(levels_read=5, heard_at=datetime.now(UTC)), store="S1")
    assert 'data-state="reading"' in html(app)
    assert "The stock is not loaded yet." in html(app)
    assert not app.metric
    assert selected(app) == "S1"


def test_an_empty_feed_has_no_stock_yet(opened: Open) -> None:
    app = opened(Snapshot(complete=True, heard_at=datetime.now(UTC)))
    assert "No stock yet." in html(app)
    assert not app.metric


def test_unknown_sales_are_not_zero(opened: Open) -> None:
    app = opened(full(), store="S2")
    assert figures(app)["Sold, last hour"] == "unknown"
    assert "No sales in the last two hours." in html(app)


def test_a_stale_feed_turns_amber_and_keeps_its_figures(opened: Open) -> None:
    app = opened(full(age=16))
    assert 'data-state="stalled"' in html(app)
    assert figures(app)["Products tracked"] == "3"


def test_an_outage_turns_red_with_its_reason_and_keeps_its_figures(opened: Open) -> None:
    app = opened(full(outage=Outage(datetime.now(UTC), "No Kafka broker answers.")))
    assert 'data-state="down"' in html(app)
    assert "No Kafka broker answers." in html(app)
    assert figures(app)["Products tracked"] == "3"


def test_markup_in_names_is_shown_as_text(opened: Open) -> None:
    hostile: list[Record] = [
        level("<i>1", 4, store="<b>S"),
        product("<i>1", 10, HOSTILE, "<u>$c$"),
        sold(0, 1, "<i>1"),
    ]
    app = opened(full(hostile))
    for tag in ("<script", "<b>S", "<i>1", "<u>"):
        assert tag not in html(app)
    assert not app.markdown
    assert list(app.dataframe[0].value["name"]) == [HOSTILE.replace("\n", " ")]


def test_the_search_narrows_chart_and_table(opened: Open) -> None:
    app = opened(full())
    app.text_input[0].set_value("bread").run()
    assert list(app.dataframe[0].value["sku"]) == ["008"]
    app.text_input[0].set_value("nothing like it").run()
    assert "none found" in html(app)
    assert figures(app)["Products tracked"] == "3"


def test_deliveries_are_shown_and_overdue_ones_marked(opened: Open) -> None:
    now = datetime.now(UTC)
    deliveries: list[Record] = [
        order("late", 7, now - timedelta(days=1), sku="007"),
        order("soon", 5, now + timedelta(days=1), sku="007"),
        order("over", 0, now - timedelta(days=1), sku="008"),
        transfer("t", 3, sku="008"),
    ]
    app = opened(full([*RECORDS, *deliveries]))
    assert figures(app)["Units on order"] == "12"
    shelf, orders, transfers = (one.value for one in app.dataframe)
    rows = {row["sku"]: row for row in shelf.to_dict("records")}
    assert (rows["007"]["on_order"], rows["008"]["in_transit"]) == (12, 3)
    assert rows["007"]["due"].endswith(", overdue")
    assert rows["008"]["due"] == NONE_DUE
    assert list(orders["order_id"]) == ["late", "soon"]
    assert list(transfers["direction"]) == ["in"]
    assert "2, 1 overdue" in html(app)
    assert "1 in, 0 out" in html(app)


def test_unknown_orders_and_transfers_are_not_zero(opened: Open) -> None:
    app = opened(full(absent=("open-orders", "open-transfers")), store="S1")
    assert "Missing topics: open-orders, open-transfers. Their figures are not shown." in html(app)
    tables = StoreTables(absent=(OpenOrder, OpenTransfer, SalesByDay))
    for record in RECORDS:
        tables.put(record, datetime.now(UTC))
    app = opened(replace(full(), stores=tables.stores(datetime.now(UTC))))
    assert figures(app)["Units on order"] == "unknown"
    assert "No data about orders." in html(app)
    assert "No data about transfers." in html(app)
    shelf = app.dataframe[0].value
    for column in ["on_order", "in_transit", "per_day", "suggested"]:
        assert shelf[column].isna().all()


def test_a_chosen_product_is_explained_and_stays_chosen(opened: Open) -> None:
    app = opened(full())
    app.selectbox(key="product").set_value("008").run()
    assert "sold per day" in html(app)
    assert '<h2 class="inv-h2">Bread<small>008 · out</small>' in html(app)
    app.text_input[0].set_value("milk").run()
    assert app.selectbox(key="product").value == "008"
    assert '<h2 class="inv-h2">Bread<small>008 · out</small>' in html(app)
    app.selectbox(key="store").set_value("S2").run()
    assert '<h2 class="inv-h2">Bread<small>008 · over</small>' in html(app)


def test_undecodable_records_are_reported(opened: Open) -> None:
    app = opened(full(undecodable={"products": 2}))
    assert "Not shown, because they cannot be decoded: 2 of products." in html(app)


def test_a_wrong_setting_is_one_sentence(opened: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    def wrong(*_: object) -> None:
        raise UserError("INVENTORY_STALL_SECONDS: expected float, got 'soon'.")

    monkeypatch.setattr(Settings, "from_environment", wrong)
    assert "expected float, got &#x27;soon&#x27;" in html(opened(full()))
