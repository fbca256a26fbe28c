"""A choice of the address that a page does not have is named, and the page is shown without it."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import Engine

from tests.support.page_database import filled
from tests.support.page_test import OpenPage, html
from tests.support.store_records import level, product


@pytest.fixture
def engine(tmp_path: Path) -> Engine:
    return filled(tmp_path, [product("a", name="Milk"), level("a", 4)])


@pytest.mark.parametrize(
    ("page", "choices", "sentence"),
    [
        ("stock", {"sort": "sideways"}, "There is no order “sideways”."),
        ("stock", {"status": ["low", "blue"]}, "There is no state “blue”."),
        ("stock", {"category": "<b>"}, "There is no category “&lt;b&gt;”."),
        ("stock", {"columns": "Price"}, "There is no column “Price”."),
        ("stock", {"page": "99"}, "There is no page “99”."),
        ("stock", {"page": "first"}, "There is no page “first”."),
        ("sales", {"day": "31.1."}, "There is no day “31.1.”."),
        ("sales", {"hours": ["8", "25"]}, "There is no hour “25”."),
        ("product", {"at": "soon"}, "There is no moment “soon”."),
        ("book", {"verb": "Steal"}, "There is no booking “Steal”."),
    ],
)
def test_a_choice_that_is_none_gets_a_sentence(
    opened: OpenPage,
    engine: Engine,
    page: str,
    choices: dict[str, str | list[str]],
    sentence: str,
) -> None:
    app = opened(engine, page, store="S1", sku="a", by="Ada", **choices)
    assert f"{sentence} The page is shown without it." in html(app)


TODAY = str(datetime.now(UTC).date())


@pytest.mark.parametrize(
    ("page", "choices"),
    [
        ("stock", {"sort": "most urgent", "status": ["low"], "page": "01"}),
        ("stock", {"sort": "name", "columns": "Barcodes", "category": ""}),
        ("sales", {"day": TODAY, "hours": ["0", "24"]}),
        ("sales", {"day": "2026-01-31", "hours": ["08", "12"]}),
        ("product", {"at": "2026-01-31T09:00"}),
        ("book", {"verb": "Receive"}),
        ("book", {"verb": "Count"}),
    ],
)
def test_a_choice_that_a_page_has_gets_none(
    opened: OpenPage, engine: Engine, page: str, choices: dict[str, str | list[str]]
) -> None:
    app = opened(engine, page, store="S1", sku="a", by="Ada", **choices)
    assert "There is no" not in html(app)
