"""Each alert arrives, and once by its id, wherever the process of alerts is killed."""

from collections import Counter
from datetime import timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import update

from alerts import courier as courier_module
from alerts import outbox
from alerts.crossings import CALM
from alerts.outbox import KEPT, LONGEST_WAIT, MESSAGES
from connect.errors import UserError
from connect.settings import Settings
from tests.support.alert_drill import START, TARGET, AlertDrill
from views.database.engine import writing

SECOND = timedelta(seconds=1)
MOMENTS = 60
"""More than a look and a delivery have statements, commits and sends."""


def once_by_id(drill: AlertDrill) -> list[tuple[str, str]]:
    """Drop repeats of messages; return the alerts that are left."""
    messages = {message.message_id: message for message in drill.received}
    for message in drill.received:
        assert message == messages[message.message_id]
    return [(a["kind"], a["sku"]) for message in messages.values() for a in message.alerts]


def killed(drill: AlertDrill, moment: int) -> bool:
    """Look and deliver, killed at a moment; return False if it was not reached."""
    with drill.killed_at(moment) as ended:
        drill.look()
    return bool(ended)


def test_a_kill_at_any_moment_neither_loses_nor_doubles_an_alert(
    database: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    drill = AlertDrill(database, monkeypatch)
    drill.look()
    expected = []
    sent_again = 0
    for moment in range(MOMENTS):
        sku = f"{moment:02d}"
        drill.stock(sku, 0)
        expected.append(("out", sku))
        before = len(drill.received)
        was_killed = killed(drill, moment)
        drill.look()
        sent_again += len(drill.received) - before - 1
        if not was_killed:
            break
    assert not was_killed
    assert moment > 12
    assert once_by_id(drill) == expected
    # Killed between the send and its note in the database, the same message is sent again.
    assert sent_again >= 3
    assert drill.unsent() == 0


steps = st.lists(
    st.tuples(
        st.sampled_from("ab"),
        st.sampled_from([-1, 0, 5, 11, 40]),
        st.sampled_from([SECOND, CALM / 2, CALM]),
        st.one_of(st.none(), st.integers(0, 30)),
    ),
    max_size=8,
)
HOLDING = {-1: {"negative"}, 0: {"out"}, 5: {"low"}, 11: set[str](), 40: set[str]()}
STILL_LOW = {-1, 0, 5, 11}


class Oracle:
    """The alerts of shelves, look after look: the definition, written once more."""

    def __init__(self) -> None:
        self.alerted: dict[tuple[str, str], object] = {}
        """Alerts that are not over -> time since which they do not hold."""

    def look(self, stock: dict[str, int], now: object) -> Counter[tuple[str, str]]:
        new: Counter[tuple[str, str]] = Counter()
        for sku, on_hand in stock.items():
            for kind in ("negative", "out", "low"):
                holds = kind in HOLDING[on_hand]
                still = on_hand in STILL_LOW if kind == "low" else holds
                key = kind, sku
                if key not in self.alerted:
                    if holds:
                        self.alerted[key] = None
                        new[key] += 1
                    continue
                since = self.alerted[key]
                if since is not None and since <= now - CALM:  # type: ignore[operator]
                    del self.alerted[key]
                elif holds:
                    self.alerted[key] = None
                elif since is None and not still:
                    self.alerted[key] = now
        return new


@settings(max_examples=settings().max_examples // 60)
@given(steps)
def test_any_schedule_of_stock_looks_and_kills_alerts_what_its_definition_says(
    tmp_path_factory: pytest.TempPathFactory, schedule: list[tuple[str, int, timedelta, int | None]]
) -> None:
    with pytest.MonkeyPatch.context() as monkeypatch:
        drill = AlertDrill(Settings(state=tmp_path_factory.mktemp("state")), monkeypatch)
        oracle, stock, expected = Oracle(), dict[str, int](), Counter[tuple[str, str]]()
        drill.look()
        for sku, on_hand, pause, moment in schedule:
            drill.passes(pause)
            drill.stock(sku, on_hand)
            stock[sku] = on_hand
            expected += oracle.look(stock, drill.now)
            if moment is not None:
                killed(drill, moment)
                # The state of a killed look, if it was written, changes at the next one only.
            drill.look()
            expected += oracle.look(stock, drill.now)
            drill.look()
        assert Counter(once_by_id(drill)) == expected


def test_a_target_that_takes_nothing_is_tried_again_ever_more_rarely(drill: AlertDrill) -> None:
    drill.refuses = "Connection refused"
    drill.stock("a", 0)
    assert drill.look() == []
    tried = []
    for _ in range(200):
        drill.passes(SECOND)
        before = drill.couriers[0].failed
        drill.deliver()
        tried += [drill.now - START] if drill.couriers[0].failed > before else []
    pauses = [(later - one).seconds for one, later in pairwise(tried)]
    assert pauses[:5] == [4, 8, 16, 32, LONGEST_WAIT]
    drill.refuses = ""
    drill.passes(LONGEST_WAIT * SECOND)
    drill.deliver()
    assert drill.arrived() == [("out", "a")]


def test_a_target_that_takes_nothing_for_a_night_is_tried_on(
    drill: AlertDrill, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A thousand attempts take 8.5 hours."""
    drill.refuses = "Connection refused"
    drill.stock("a", 0)
    drill.service.step()
    pauses: list[float] = []

    def sleep(seconds: float) -> None:
        pauses.append(seconds)
        if len(pauses) > 1100:
            raise InterruptedError

    monkeypatch.setattr(courier_module, "sleep", sleep)
    monkeypatch.setattr(outbox, "mark", lambda *_, **__: None)  # the message stays due
    with pytest.raises(InterruptedError):
        drill.couriers[0]._run()
    assert pauses[:5] == [2, 4, 8, 16, courier_module.LONGEST_PAUSE]
    assert set(pauses[5:]) == {courier_module.LONGEST_PAUSE}


def test_a_target_that_takes_nothing_is_named_once_and_when_it_is_back(
    drill: AlertDrill, capsys: pytest.CaptureFixture[str]
) -> None:
    drill.refuses = "Connection\x1b[2J refused."
    drill.stock("a", 0)
    drill.look()
    drill.passes(2 * SECOND)
    drill.deliver()
    drill.refuses = ""
    drill.passes(4 * SECOND)
    drill.deliver()
    written = capsys.readouterr()
    assert f"{written.err}{written.out}".splitlines() == [
        f"Target {TARGET} takes no message: Connection\\x1b[2J refused. "
        "Its messages wait, and are sent again.",
        f"Target {TARGET} takes messages again after 6 s.",
    ]


def test_a_message_that_was_sent_is_noted_before_another_one_when_the_database_fails(
    drill: AlertDrill, monkeypatch: pytest.MonkeyPatch
) -> None:
    drill.stock("a", 0)
    fails = [True, True, False]

    def mark(*arguments: object, **more: object) -> None:
        if fails.pop(0):
            raise UserError("The database fails.")
        original(*arguments, **more)  # type: ignore[arg-type]

    original = outbox.mark
    monkeypatch.setattr(outbox, "mark", mark)
    for _ in range(2):
        with pytest.raises(UserError):
            drill.look()
    drill.deliver()
    assert (len(drill.received), drill.unsent()) == (1, 0)


def test_old_messages_and_those_of_a_former_target_are_deleted(
    drill: AlertDrill, capsys: pytest.CaptureFixture[str]
) -> None:
    drill.refuses = "no"
    for sku in ("former", "old", "kept"):
        drill.stock(sku, 0)
        drill.look()
    drill.passes(KEPT + SECOND)
    with writing(drill.engine) as connection:
        body = MESSAGES.c.body
        connection.execute(
            update(MESSAGES).where(body.contains("former")).values(target="x", noticed_at=drill.now)
        )
        connection.execute(
            update(MESSAGES).where(body.contains("kept")).values(noticed_at=drill.now - KEPT / 2)
        )
    drill.start()
    drill.look()
    assert drill.unsent() == 1
    assert "2 messages were not sent and are deleted" in capsys.readouterr().err
