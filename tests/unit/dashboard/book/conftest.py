"""The page Book with a desk that sends nothing to Kafka."""

from pathlib import Path

import pytest
from sqlalchemy import Engine

from dashboard.booking.desk import Desk
from dashboard.web.pages import book_page
from tests.support.booking_page import (
    RECORDS,
    Kafka,
    filled,
)
from tests.support.page_test import OpenPage, opener


@pytest.fixture
def kafka() -> Kafka:
    return Kafka()


@pytest.fixture
def desk(monkeypatch: pytest.MonkeyPatch, kafka: Kafka) -> Desk:
    opened = Desk(kafka)
    monkeypatch.setattr(book_page, "desk", lambda: opened)
    return opened


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch, desk: Desk) -> OpenPage:
    assert book_page.desk() is desk

    open_page = opener(monkeypatch)
    return lambda engine, **choices: open_page(engine, "book", **choices)


@pytest.fixture
def engine(tmp_path: Path) -> Engine:
    return filled(tmp_path, RECORDS)
