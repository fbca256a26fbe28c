"""Pages that read a database, opened without a browser."""

from datetime import UTC, datetime

import pytest

from tests.support.page_test import OpenPage, opener


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> OpenPage:
    return opener(monkeypatch)


@pytest.fixture
def now_at_the_start(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Make NOW of a test's module the moment at which the test begins.

    Tests run half an hour after their modules were imported; pages show the last hour.
    """
    monkeypatch.setattr(request.module, "NOW", datetime.now(UTC).replace(microsecond=0))
