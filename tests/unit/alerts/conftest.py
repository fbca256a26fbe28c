"""A read model, and the process of alerts on it."""

from pathlib import Path

import pytest

from connect.settings import Settings
from tests.support.alert_drill import AlertDrill


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(state=tmp_path)


@pytest.fixture
def drill(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> AlertDrill:
    return AlertDrill(settings, monkeypatch)
