"""Receivers of alerts on this machine: an SMTP server and a webhook."""

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes
from email.header import decode_header, make_header
from typing import Any, NamedTuple

from aiosmtpd.controller import Controller

from connect.settings import Settings
from stack import ports
from tests.support.http_server import Answer, HttpServer, Request

HOST = Settings().host


class Arrival(NamedTuple):
    """A message as it arrived."""

    at: float
    """Seconds since 1970."""
    message_id: str
    title: str
    body: str
    recipients: list[str]
    data: dict[str, Any]
    """The body of a webhook."""


class Sink:
    """A receiver with a URL as Apprise takes it."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.arrivals: list[Arrival] = []
        self.refuses = False
        self.connections = 0
        """Number of connections, of an SMTP server."""

    def distinct(self) -> dict[str, Arrival]:
        """Return the first arrival of each message, by its id."""
        first: dict[str, Arrival] = {}
        for arrival in self.arrivals:
            known = first.setdefault(arrival.message_id, arrival)
            assert (known.title, known.body) == (arrival.title, arrival.body)
        return first


@contextmanager
def mail_sink() -> Iterator[Sink]:
    """Run an SMTP server."""
    port = ports.free(HOST)
    sink = Sink(f"mailto://{HOST}:{port}?from=stock@chain.example&to={{store_id}}@chain.example")
    controller = Controller(_Mailbox(sink), hostname=HOST, port=port)
    controller.start()
    try:
        yield sink
    finally:
        controller.stop()


class _Mailbox:
    def __init__(self, sink: Sink) -> None:
        self._sink = sink

    async def handle_EHLO(  # noqa: N802
        self, _server: Any, session: Any, _envelope: Any, hostname: str, responses: list[str]
    ) -> list[str]:
        self._sink.connections += 1
        session.host_name = hostname
        return responses

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802
        if self._sink.refuses:
            return "451 Come back later"
        mail = message_from_bytes(envelope.content)
        assert len(mail.get_all("Message-ID", [])) == 1
        content = mail.get_payload(decode=True)
        assert isinstance(content, bytes)
        self._sink.arrivals.append(
            Arrival(
                time.time(),
                mail["Message-ID"].strip(),
                str(make_header(decode_header(mail["Subject"]))),
                content.decode().replace("\r\n", "\n").strip(),
                envelope.rcpt_tos,
                {},
            )
        )
        return "250 OK"


@contextmanager
def webhook_sink() -> Iterator[Sink]:
    """Run a webhook."""
    sink = Sink("")

    def receive(request: Request) -> Answer:
        data = json.loads(request.body)
        assert request.headers["Idempotency-Key"] == data["id"]
        if sink.refuses:
            return 503, b""
        arrival = Arrival(time.time(), data["id"], data["title"], data["message"], [], data)
        sink.arrivals.append(arrival)
        return 204, b""

    with HttpServer(receive) as server:
        sink.url = f"json://{HOST}:{server.port}/alerts"
        yield sink
