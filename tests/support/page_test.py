"""A page of the dashboard without a browser."""

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pyarrow as pa
import pytest
from sqlalchemy import Engine
from streamlit.testing.v1 import AppTest
from streamlit.util import calc_hash

import dashboard
from dashboard.model.signs import Outage, Part
from dashboard.web import frame, freshness_line, navigation, page_scripts

APP = Path(dashboard.__file__).with_name("app.py")
OpenPage = Callable[..., AppTest]


def opener(
    monkeypatch: pytest.MonkeyPatch, outages: Mapping[Part, Outage] | None = None
) -> OpenPage:
    """Return a function that opens a page of a database, with choices in its address.

    outages: those that the dashboard has noticed.
    """

    def open_page(engine: Engine, page: str, /, **choices: str | list[str]) -> AppTest:
        monkeypatch.setattr(frame, "database", lambda: engine)
        monkeypatch.setattr(navigation, "database", lambda: engine)
        watched = SimpleNamespace(outages=outages or {})
        monkeypatch.setattr(frame, "watch", lambda: watched)
        app = AppTest.from_file(str(APP), default_timeout=30)
        # AppTest.switch_page knows pages that are files only.
        app._page_hash = calc_hash(page)
        for name, value in choices.items():
            app.query_params[name] = value
        app.run()
        assert not app.exception
        return app

    return open_page


def html(app: AppTest) -> str:
    """Return the HTML of a page, without its style and the scripts of all pages."""
    bodies = (one.proto.body for one in app.get("html"))
    scripts = {*page_scripts.SCRIPTS, freshness_line.SCRIPT}
    return "\n".join(
        body for body in bodies if not body.startswith("<style>") and body not in scripts
    )


def address(app: AppTest) -> dict[str, list[str]]:
    """Return the choices in the address."""
    return {
        name: [value] if isinstance(value, str) else list(value)
        for name, value in app.query_params.items()
    }


def line(app: AppTest) -> dict[str, str]:
    """Return the line of freshness as the browser receives it."""
    (component,) = app.get("bidi_component")
    shown: dict[str, str] = json.loads(component.proto.json)
    return shown


def charts(app: AppTest) -> list[Any]:
    """Return the data of each chart, as lists by column."""
    return [
        columns(pa.ipc.open_stream(one.proto.data.data).read_all())
        for one in app.get("vega_lite_chart")
    ]


def columns(table: pa.Table) -> dict[str, list[Any]]:
    """Return a table's values by column."""
    return {name: table[name].to_pylist() for name in table.column_names}
