"""A read model, and the process of alerts on it."""

from pathlib import Path

import pytest

from connect.settings import Settings
from tests.support.alert_drill import AlertDrill


@pytest.fixture
def drill(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AlertDrill:
    return AlertDrill(Settings(state=tmp_path), monkeypatch)
