"""The live supplier: reads the topics, sends orders, and shipments when they are due."""

from collections.abc import Callable
from datetime import timedelta
from zoneinfo import ZoneInfo

from connect.part_log import LOG
from connect.part_status import PartStatus
from connect.settings import Settings
from contracts.publisher import Publisher
from producers.producer_report import ProducerReport
from producers.replenisher.backlog import Backlog
from producers.replenisher.ordering_policy import Terms
from producers.replenisher.replenisher import Replenisher
from producers.supplier_behaviour import Reliability
from schemas.clock import utc_now
from schemas.generated import (
    InventoryLevel,
    OpenOrder,
    OpenTransfer,
    Product,
    ReplenishmentOrder,
    SalesByDay,
    Shipment,
)
from views.demand import WINDOW
from views.earlier_events import earlier_events
from views.reader import TopicReader

READ_TYPES = [Product, InventoryLevel, OpenOrder, OpenTransfer, SalesByDay]
SENT_TYPES = [ReplenishmentOrder, Shipment]
WAITS = "It reads its topics, or waits until the job has worked off what it found."
READ_LIMIT = 5_000
READ_SECONDS = 0.1


def replenish(
    settings: Settings,
    terms: Terms,
    reliability: Reliability,
    status: PartStatus,
    stop: Callable[[], bool],
) -> None:
    """Order and deliver until a shutdown. Raises UserError."""
    # A day's sales are written on that day or later: earlier records are of earlier days.
    since = utc_now() - timedelta(days=WINDOW + 2)
    reader = TopicReader(settings, READ_TYPES, {SalesByDay: since})
    backlog = Backlog(utc_now())
    replenisher = Replenisher(terms, reliability, ZoneInfo(settings.time_zone))
    with Publisher(settings, SENT_TYPES) as publisher:
        report = ProducerReport(settings, publisher, lambda: replenisher.under_way)
        report.waits_for = WAITS
        status.report = report
        LOG.info(f"A day of lead time takes {terms.day_seconds:g} s.")
        restored = False
        while not stop():
            records = reader.read(READ_LIMIT, READ_SECONDS)
            replenisher.put(records)
            ready = backlog.over(records, utc_now()) and reader.caught_up
            if ready and not restored:
                newest, awaits = replenisher.newest_movement, replenisher.awaits
                replenisher.restore(earlier_events(settings, SENT_TYPES, newest, awaits).values())
                restored, report.waits_for = True, ""
            for event in replenisher.act(utc_now()) if ready else ():
                publisher.send(event)
            publisher.poll()
    reader.close()
    LOG.info(f"{publisher.account}; {replenisher.under_way} orders were still under way.")
