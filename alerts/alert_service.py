"""The process of alerts: it looks at the figures each second until it is stopped."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from time import monotonic, sleep
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Engine

from alerts import outbox
from alerts.alert_plan import AlertPlan
from alerts.chain_stores import ChainStores
from alerts.courier import Courier
from alerts.crossings import Look, look_at_shelves, look_at_stores
from alerts.current_figures import CurrentFigures, look_at_figures
from alerts.kinds import Kind
from alerts.message_words import Alert, alerts_of, message
from alerts.outbox import Message
from alerts.stalled_stores import StalledStores
from connect.errors import UserError
from connect.part_log import LOG
from connect.settings import Settings
from connect.shutdown import shutdown_flag
from schemas.clock import utc_now
from views.database.engine import database_answers, writing
from views.known_stores import stores_of

LOOK_SECONDS = 1.0
"""Time between two looks: the alerts of a store meanwhile become one message."""
EXPIRY_SECONDS = 3600.0
"""Interval between two deletions of old messages."""
MESSAGE_ALERTS = 500
"""Alerts of one message at most."""


class AlertService:
    """Notices crossings and writes messages about them, which couriers send.

    turn: called with each look.
    """

    def __init__(
        self, settings: Settings, plan: AlertPlan, turn: Callable[[], None] = lambda: None
    ) -> None:
        self._settings, self._plan, self._turn = settings, plan, turn
        self._current, self._stalled = CurrentFigures(settings), StalledStores()
        self._expires = monotonic()
        """Moment from which on old messages are to be deleted."""
        self.engine: Engine | None = None
        """The database, while it is open."""
        self.raised: Counter[Kind] = Counter()
        """Alerts since the start, by kind."""
        self.failure = ""
        """The error that keeps it from its work; empty: none."""

    def run(self, couriers: Iterable[Courier]) -> None:
        """Look until SIGTERM or Ctrl-C."""
        with shutdown_flag() as stopping:
            while not stopping():
                self._turn()
                has_more = self._attempt()
                for courier in couriers:
                    courier.wake()
                if not has_more:
                    sleep(LOOK_SECONDS)

    def _attempt(self) -> bool:
        try:
            has_more = self.step()
        except UserError as error:
            if error.message != self.failure:
                LOG.error(error.message)
            self.failure, self.engine = error.message, None
            return False
        self.failure = ""
        return has_more

    def step(self) -> bool:
        """Take one look; return True if there is more to notice at once.

        Raises UserError when the database fails.
        """
        engine = self.engine = self.engine or outbox.open_outbox(self._settings)
        with database_answers(self._settings):
            self._expire(engine)
            now = utc_now()
            with engine.connect() as connection:
                zone = ZoneInfo(self._settings.time_zone)
                stores = ChainStores(stores_of(connection), zone)
                look = self._look(connection, stores, now)
            if any(look.changes):
                alerts = list(alerts_of(look, stores, now))
                messages = self._messages(alerts, stores, now)
                with writing(engine) as connection:
                    outbox.save(connection, now, look.changes, messages)
                self.raised.update(alert.kind for alert in alerts)
        return look.is_cut

    def _look(self, connection: Connection, stores: ChainStores, now: datetime) -> Look:
        subscriptions = self._plan.subscriptions(stores.known)
        watched = subscriptions[Kind.STALLED]
        figures = look_at_figures(connection, self._settings, now)
        stalled = self._stalled.sentences(connection, figures, stores, watched, now)
        look = look_at_stores(connection, watched, stalled, now)
        if self._current.are_current(figures, now):
            look_at_shelves(connection, subscriptions, now, look)
        return look

    def _messages(
        self, alerts: Sequence[Alert], stores: ChainStores, now: datetime
    ) -> dict[str, list[Message]]:
        """Compose the messages, by target: one for a store, unless it has very many alerts."""
        by_store: defaultdict[str, list[Alert]] = defaultdict(list)
        for alert in alerts:
            by_store[alert.store_id].append(alert)
        messages: defaultdict[str, list[Message]] = defaultdict(list)
        for store_id, of_store in by_store.items():
            for start in range(0, len(of_store), MESSAGE_ALERTS):
                part = of_store[start : start + MESSAGE_ALERTS]
                for target in self._plan.of(store_id).targets:
                    messages[target].append(message(part, stores, self._plan.dashboard, now))
        return messages

    def _expire(self, engine: Engine) -> None:
        if monotonic() < self._expires:
            return
        with writing(engine) as connection:
            unsent = outbox.delete_old(connection, list(self._plan.targets), utc_now())
        if unsent:
            LOG.warning(
                f"{unsent:,} messages were not sent and are deleted: they are older than "
                f"{outbox.KEPT.days} days, or their target is not in the file any more."
            )
        self._expires = monotonic() + EXPIRY_SECONDS
