"""Send a message to a target by the library Apprise, with an id by which a repeat is known.

The id is the Message-ID of an e-mail, and the header Idempotency-Key of a webhook, which has the
alerts in its body, too. Other services have no place for it.
"""

import json
import logging
import threading
from urllib.parse import quote

from apprise import Apprise, AppriseAsset, OverflowMode
from apprise.plugins.base import NotifyBase
from apprise.plugins.custom_json import NotifyJSON
from apprise.plugins.email.base import NotifyEmail

from alerts.mail_connection import MailConnection
from alerts.outbox import Message

ID_HEADER = "Idempotency-Key"


class _Reasons(logging.Handler):
    """The newest warning of Apprise in each thread: a send returns only that it has failed."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self._newest: dict[int, str] = {}

    def emit(self, record: logging.LogRecord) -> None:
        self._newest[threading.get_ident()] = record.getMessage()

    def take(self) -> str:
        return self._newest.pop(threading.get_ident(), "It takes no messages.")


_LOGGER, _REASONS = logging.getLogger("apprise"), _Reasons()
_LOGGER.addHandler(_REASONS)
_LOGGER.propagate = False


_ASSET = AppriseAsset(app_id="Inventory", app_desc="Alerts of stores", app_url="")


class Transport:
    """The way to one target. Each thread has its own."""

    def __init__(self, url: str) -> None:
        """url: with {store_id} for that of the store."""
        self._url = url
        self._services: dict[str, NotifyBase | None] = {}
        self._mail = MailConnection()

    def service(self, store_id: str) -> NotifyBase | None:
        """Return the service of a store; None for a URL that Apprise does not know.

        It is kept, as some services limit how often they are called.
        """
        if store_id not in self._services:
            quoted = quote(store_id, safe="")
            if self._url.startswith("mailto"):
                # Apprise takes an address apart at commas and blanks, once it has decoded it: an
                # event's store could name the address of anybody.
                quoted = quote(quoted, safe="")
            url = self._url.replace("{store_id}", quoted)
            self._services[store_id] = Apprise.instantiate(url, _ASSET)
        return self._services[store_id]

    def send(self, message: Message) -> str:
        """Send a message; return the reason if the target has not taken it, else an empty text."""
        service = self.service(message.store_id)
        _REASONS.take()  # of other messages, and of the URL
        try:
            if service is None:
                return "Its URL is none that Apprise knows."
            if type(service) is NotifyEmail:
                return "" if self._mail.send(service, message) else _REASONS.take()
            return "" if _sent(service, message) else _REASONS.take()
        except Exception as error:  # noqa: BLE001 - of more than a hundred services, each its own
            return str(error) or type(error).__name__

    def rest(self) -> None:
        """Give up the connection: there is nothing to send for now."""
        self._mail.close()


def _sent(service: NotifyBase, message: Message) -> bool:
    if isinstance(service, NotifyJSON):
        service.payload_extras |= {
            "id": message.message_id,
            "store_id": message.store_id,
            "alerts": json.loads(message.alerts),
        }
    headers = getattr(service, "headers", None)
    if isinstance(headers, dict):
        headers[ID_HEADER] = message.message_id
    # What is longer than a service takes becomes several of its messages.
    return service.notify(body=message.body, title=message.title, overflow=OverflowMode.SPLIT)
