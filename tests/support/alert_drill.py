"""Alerts on a read model in a folder: shelves that change, a process that is killed, a receiver."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any, NamedTuple

import pytest
from sqlalchemy import delete, event, insert, select

from alerts import alert_service as service_module
from alerts import courier as courier_module
from alerts import outbox
from alerts.alert_plan import AlertPlan, StorePlan
from alerts.alert_service import AlertService
from alerts.courier import Courier
from alerts.outbox import Message
from connect.settings import Settings
from schemas.generated import InventoryLevel
from schemas.record import Record
from tests.support.page_database import say_read
from tests.support.read_model_drill import Killed
from tests.support.store_records import level, product
from views.business_days import BusinessDays
from views.database.engine import open_database, writing
from views.database.shelves import SHELVES, as_shelf, refresh
from views.database.tables import TABLES
from views.shelf_figures import Shelf

START = datetime(2026, 5, 1, 14, tzinfo=UTC)
TARGET = "mail"
PLAN = AlertPlan({TARGET: "json://127.0.0.1:9"}, StorePlan((TARGET,)))
DAYS = BusinessDays(UTC)


class Received(NamedTuple):
    """A message as it arrived."""

    message_id: str
    title: str
    body: str
    alerts: list[dict[str, Any]]


class AlertDrill:
    """A database, the process of alerts on it, and a target that takes each message."""

    def __init__(
        self, settings: Settings, monkeypatch: pytest.MonkeyPatch, plan: AlertPlan = PLAN
    ) -> None:
        self.settings, self.plan, self.now = settings, plan, START
        self.received: list[Received] = []
        self._kill: Callable[[], None] = lambda: None
        self.refuses = ""
        """Reason for which the target takes no message."""
        for module in (service_module, courier_module):
            monkeypatch.setattr(module, "utc_now", lambda: self.now)
        self.engine = open_database(settings)
        self.start()

    def start(self) -> None:
        """Start the process of alerts, in place of one that was killed."""
        self.service = AlertService(self.settings, self.plan)
        self.couriers = [
            Courier(self.settings, target, self, lambda: self.service.engine)
            for target in self.plan.targets
        ]

    def send(self, message: Message) -> str:
        """Take a message, as a Transport sends it."""
        self._kill()
        reason = self._take(message)
        self._kill()
        return reason

    def rest(self) -> None:
        pass

    def _take(self, message: Message) -> str:
        if not self.refuses:
            alerts = json.loads(message.alerts)
            self.received.append(Received(message.message_id, message.title, message.body, alerts))
        return self.refuses

    def put(self, *records: Record) -> None:
        """Replace records, and compute their shelves again."""
        with writing(self.engine) as connection:
            for record in records:
                table = TABLES[type(record)]
                key = [table.c[name] == getattr(record, name) for name in record.KEY]
                connection.execute(delete(table).where(*key))
                connection.execute(insert(table), record.to_dict())
            levels = TABLES[InventoryLevel].c
            query = select(levels.store_id, levels.sku)
            if skus := {record.sku for record in records if hasattr(record, "sku")}:
                query = query.where(levels.sku.in_(skus))
            keys = [(store, sku) for store, sku in connection.execute(query)]
            refresh(connection, keys, self.now, DAYS)
            say_read(connection, 1, self.now)

    def stock(self, sku: str, on_hand: int, store: str = "S1") -> None:
        """Set the stock of a product with the reorder point 10, and the target 40."""
        moved = level(sku, on_hand, store, last_movement_at=self.now)
        self.put(product(sku), moved)

    def passes(self, time: timedelta) -> None:
        """Let time pass in which all parts work."""
        self.now += time
        with writing(self.engine) as connection:
            say_read(connection, 1, self.now)

    def look(self) -> list[tuple[str, str]]:
        """Take a look and deliver; return (kind, SKU) of the alerts that arrived."""
        before = len(self.received)
        while self.service.step():
            pass
        self.deliver()
        return self.arrived(before)

    def deliver(self) -> None:
        for courier in self.couriers:
            while courier.step():
                pass

    def arrived(self, since: int = 0) -> list[tuple[str, str]]:
        return [
            (alert["kind"], alert["sku"])
            for message in self.received[since:]
            for alert in message.alerts
        ]

    def shelf(self, sku: str, store: str = "S1") -> Shelf:
        of_shelf = (SHELVES.c.store_id == store) & (SHELVES.c.sku == sku)
        with self.engine.connect() as connection:
            return as_shelf(connection.execute(select(SHELVES).where(of_shelf)).one())

    def unsent(self) -> int:
        with self.engine.connect() as connection:
            return outbox.waiting(connection).get(TARGET, 0)

    @contextmanager
    def killed_at(self, moment: int) -> Iterator[list[bool]]:
        """Kill the process at the n-th statement, commit or send from here on.

        Yield a list that is not empty once it was killed.
        """
        numbers, killed = count(), list[bool]()

        def kill(*_: object) -> None:
            if next(numbers) == moment:
                killed.append(True)
                raise Killed

        engine = self.service.engine
        assert engine is not None
        for each in ("before_cursor_execute", "commit"):
            event.listen(engine, each, kill)
        self._kill = kill
        try:
            with suppress(Killed):
                yield killed
        finally:
            for each in ("before_cursor_execute", "commit"):
                event.remove(engine, each, kill)
            self._kill = lambda: None
            engine.dispose()
            self.start()
