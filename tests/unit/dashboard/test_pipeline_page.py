"""The page Pipeline: each part in words, and what does not answer with its reason only there."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest
from streamlit.util import calc_hash

import dashboard
from connect.errors import UserError
from dashboard.model.signs import Outage
from dashboard.pipeline.contract_versions import ContractVersion
from dashboard.pipeline.lag import Reading
from dashboard.pipeline.poll import Answer
from dashboard.pipeline.refused import Refused
from dashboard.pipeline.service_state import ServiceState
from dashboard.web import navigation
from dashboard.web.pages import pipeline_page
from tests.support.pipeline_answers import RECORDED, checkpoints, refused
from views.database.delays import Delay
from views.quarantine import ReasonCount

APP = Path(dashboard.__file__).with_name("app.py")

pytestmark = pytest.mark.usefixtures("now_at_the_start")
NOW = datetime.now(UTC)
POLLS = (
    "services",
    "steps",
    "checkpoints",
    "positions",
    "own_positions",
    "versions",
    "delays",
    "refused",
)


def values() -> dict[str, Any]:
    """Return an answer for each poll."""
    then = NOW - timedelta(seconds=20)
    gate, own = ("inventory-gate", "transactions"), ("read model", "stock-ledger")
    return {
        "services": [ServiceState("gate", True, NOW, 310_000_000)],
        "steps": json.loads(RECORDED.read_text("utf-8")),
        "checkpoints": checkpoints(),
        "positions": [
            {gate: Reading(then - timedelta(seconds=10), 0, 10_000)},
            {gate: Reading(then, 1_000, 10_800)},
            {gate: Reading(NOW, 5_000, 11_200)},
        ],
        "own_positions": [{own: Reading(NOW, 7, 7)}],
        "versions": [ContractVersion("shipments", 2, 2)],
        "delays": [
            Delay(NOW - timedelta(minutes=number), timedelta(seconds=seconds))
            for number, seconds in ((180, 0.4), (120, 75), (90, 0.5), (1, 0.7), (0, 3))
        ],
        "refused": Refused(
            [ReasonCount("contract", 2, NOW)], refused(7, "contract", 1), {"sku": "<b>7"}
        ),
    }


def opened(monkeypatch: pytest.MonkeyPatch, **answers: Answer[Any]) -> AppTest:
    """Open the page; answers: those that differ from a pipeline in order."""
    polls = {
        name: SimpleNamespace(answer=answers.get(name, Answer(value, NOW)))
        for name, value in values().items()
    }
    observer = SimpleNamespace(
        first_reader="inventory-gate",
        commit_seconds={},
        reader_name=lambda reader: reader.removeprefix("inventory-"),
        machine_memory=lambda: (4 * 10**9, 16 * 10**9),
        standstills=lambda: STANDSTILLS,
        **polls,
    )
    monkeypatch.setattr(pipeline_page, "get_observer", lambda *_: observer)

    def script() -> None:
        from dashboard.web.pages import pipeline_page  # noqa: PLC0415

        pipeline_page.show(None, None)  # type: ignore[arg-type]

    app = AppTest.from_function(script, default_timeout=30).run()
    assert not app.exception
    return app


def html(app: AppTest) -> str:
    return "\n".join(one.proto.body for one in app.get("html"))


STANDSTILLS = ["gate: transactions, partition 2, has not moved for 9 s: <b>31 records wait."]
SHOWN = {
    "services": "<td>gate</td><td>up</td>",
    "steps": "The level step is the slowest, 9 % busy; no step waits for another.",
    "checkpoints": "took 0.4 s and has 1.2 GB",
    "positions": "<td>6,200</td><td>20/s</td><td>200/s</td><td>34 s</td>",
    "own_positions": "<td>read model</td><td>stock-ledger</td><td>0</td>",
    "versions": "<td>shipments</td><td>2</td>",
    "refused": "a message that has a value that its contract does not allow",
}


def test_each_part_is_shown_in_words(monkeypatch: pytest.MonkeyPatch) -> None:
    app = opened(monkeypatch)
    for text in SHOWN.values():
        assert text in html(app)
    assert {one.label: one.value for one in app.metric} == {
        "Events": "20/s",
        "End to end": "0.7 s",
    }
    assert "It says: sku &lt;b&gt;7." in html(app)
    assert "partition 2, has not moved for 9 s: &lt;b&gt;31 records wait." in html(app)
    assert "<code>.venv/bin/python -m gate quarantine show transactions/2/7</code>" in html(app)


@pytest.mark.parametrize("silent", POLLS)
def test_what_does_not_answer_has_its_reason_and_hides_nothing_else(
    monkeypatch: pytest.MonkeyPatch, silent: str
) -> None:
    old = values()[silent]
    app = opened(monkeypatch, **{silent: Answer(old, NOW, Outage(NOW, "It is gone."))})
    shown = html(app)
    if silent == "delays":
        assert {one.label: one.value for one in app.metric}["End to end"] == "\u2013"
    else:
        assert "\u2013 It is gone." in shown
        assert SHOWN[silent] not in shown
    assert all(text in shown for name, text in SHOWN.items() if name != silent)


def test_before_the_first_answers_nothing_is_zero(monkeypatch: pytest.MonkeyPatch) -> None:
    app = opened(monkeypatch, **{name: Answer() for name in POLLS})
    assert {one.value for one in app.metric} == {"\u2013"}
    assert html(app).count("The first answer is awaited.") == len(POLLS) - 1


def test_the_delay_of_the_last_hours_is_a_line_and_a_sentence(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    app = opened(monkeypatch)
    end_to_end = next(one for one in app.metric if one.label == "End to end")
    assert list(end_to_end.proto.chart_data) == [0.4, 75, 0.5, 0.7, 3]
    begin, longest = (f"{NOW - timedelta(hours=hours):%Y-%m-%d %H:%M}" for hours in (3, 2))
    assert (
        f"<p>End to end since {begin} (UTC): usually 0.7 s, at most 75 s, at {longest}.</p>"
    ) in html(app)


def test_a_delay_of_earlier_minutes_is_not_that_of_now(monkeypatch: pytest.MonkeyPatch) -> None:
    old = [Delay(NOW - timedelta(minutes=2), timedelta(seconds=1))]
    app = opened(monkeypatch, delays=Answer(old, NOW))
    assert {one.label: one.value for one in app.metric}["End to end"] == "\u2013"
    assert "usually 1.0 s, at most 1.0 s" in html(app)
    assert not any(one.proto.chart_data for one in app.metric)


def test_a_database_that_cannot_be_opened_is_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    def closed() -> None:
        raise UserError("The read model's database cannot be opened: no space.")

    monkeypatch.setattr(navigation, "database", closed)
    app = AppTest.from_file(str(APP), default_timeout=30)
    app._page_hash = calc_hash("pipeline")  # AppTest.switch_page knows pages that are files only
    app.run()
    assert not app.exception
    assert "cannot be opened: no space." in html(app)


def test_the_number_of_a_contract_version_is_named_as_the_registrys(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    shown = html(opened(monkeypatch))
    assert '<th scope="col">version in the registry</th>' in shown
    assert "numbers of the registry; those of schemas/released/ can be others" in shown
