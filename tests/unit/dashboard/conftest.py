"""Pages that read a database, opened without a browser."""

from datetime import UTC, datetime
from itertools import count

import pytest

from dashboard.queries import read_state
from tests.support.page_test import OpenPage, opener


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> OpenPage:
    return opener(monkeypatch)


@pytest.fixture(autouse=True)
def _each_look_is_new(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let an hour pass between two looks at the read model: tests write and look at once."""
    monkeypatch.setattr(read_state, "monotonic", count(step=3600).__next__)


@pytest.fixture
def now_at_the_start(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Make NOW of a test's module the moment at which the test begins.

    Tests run half an hour after their modules were imported; pages show the last hour.
    """
    monkeypatch.setattr(request.module, "NOW", datetime.now(UTC).replace(microsecond=0))
