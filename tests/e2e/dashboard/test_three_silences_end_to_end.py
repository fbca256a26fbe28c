"""Three silences of a running pipeline: quiet tills, a stopped job, one silent store."""

import os
import re
import signal
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from rich.console import Console
from sqlalchemy import Engine

from contracts.publisher import Publisher
from dashboard.queries.read_signs import signs
from dashboard.text.freshness import freshness
from schemas.clock import utc_now
from schemas.generated import Store, Transaction
from stack.runtime import Stack
from views.database.engine import open_database

pytestmark = [pytest.mark.slow, pytest.mark.nightly]
LIMIT = timedelta(seconds=5)
SHOWN_WITHIN = 6.0
TIME = re.compile(r"\d\d:\d\d:\d\d")


class Shops:
    """Two stores of a running pipeline, and the line of freshness of the first."""

    def __init__(self, stack: Stack) -> None:
        self.stack = stack
        self.engine: Engine = open_database(stack.settings)
        self.publisher = Publisher(stack.settings, [Transaction, Store])
        self.sales = 0

    def sell(self, store_id: str, quantity: int = 1) -> None:
        self.sales += 1
        now = utc_now()
        self.publisher.send(
            Transaction(
                event_id=f"sale-{self.sales}",
                receipt_id=f"receipt-{self.sales}",
                line_no=1,
                store_id=store_id,
                terminal_id="till",
                sku="milk",
                quantity=quantity,
                line_amount=Decimal(1),
                currency="EUR",
                occurred_at=now,
                recorded_at=now,
            )
        )
        self.publisher.flush()

    @property
    def line(self) -> str:
        now = datetime.now(UTC)
        seen = signs(self.engine, self.stack.settings, "S1", now, {})
        return freshness(seen, now, LIMIT, UTC).text

    def says(self, words: str, seconds: float, others: str = "") -> str:
        """Wait until the line has some words, while another store sells; return the line."""
        end = time.monotonic() + seconds
        while words not in self.line:
            assert time.monotonic() < end, self.line
            if others:
                self.sell(others)
            time.sleep(0.3)
        return self.line


@pytest.fixture(scope="module")
def shops() -> Iterator[Shops]:
    with Stack.on_free_ports(["registry", "kafka"], checkpoint_seconds=2) as stack:
        stack.names += ["gate", "job", "views"]
        stack.fetch(Console(quiet=True))
        assert stack.run("contracts", "apply", timeout=120).returncode == 0
        for name in ("gate", "job", "views"):
            stack.start(name)
            stack.wait(name)
        yield Shops(stack)


def moment(line: str) -> datetime:
    clock = datetime.strptime(TIME.findall(line)[0], "%H:%M:%S").replace(tzinfo=UTC)
    return datetime.combine(datetime.now(UTC).date(), clock.timetz())


def test_quiet_tills_a_stopped_job_and_a_silent_store_are_three_sentences(shops: Shops) -> None:
    shops.sell("S1", 100_000)
    shops.says("As of ", 60)

    quiet = shops.says("No sales in any store since ", 30)
    assert datetime.now(UTC) - moment(quiet) < timedelta(seconds=30)

    # All of an hour's units in one minute: the next minutes miss thousands.
    silent = shops.says("The tills of this store are silent since ", 120, others="S2")
    assert "while other stores sell" in silent

    job = shops.stack.pid("job")
    assert job
    stopped_at = datetime.now(UTC)
    os.kill(job, signal.SIGKILL)
    stopped = shops.says("The calculation of stock stopped at ", SHOWN_WITHIN)
    assert abs(moment(stopped) - stopped_at) < timedelta(seconds=4)
    shops.says("No sales in any store since ", 150)
