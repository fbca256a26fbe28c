"""Messages arrive by e-mail and at a webhook with the id that they were given."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

import pytest

from alerts.outbox import Message
from alerts.transport import Transport
from stack import ports
from tests.support.alert_sinks import HOST, Sink, mail_sink, webhook_sink

MESSAGE = Message(
    "id-1",
    "S 1",
    "Main Shop: Low, Crème · C-1",
    "Low: Crème · C-1: 2 left, nothing on order (Europe/Berlin)\nand 3 more: see the page Today.",
    '[{"id": "a", "kind": "low", "sku": "C-1"}]',
    datetime(2026, 5, 1, tzinfo=UTC),
)


@pytest.fixture(params=[mail_sink, webhook_sink])
def sink(request: Any) -> Iterator[Sink]:
    with request.param() as opened:
        yield opened


def test_a_repeat_has_the_same_id_and_content(sink: Sink) -> None:
    transport = Transport(sink.url)
    for _ in range(2):
        assert transport.send(MESSAGE) == ""
    assert len(sink.arrivals) == 2
    (arrival,) = sink.distinct().values()
    assert (arrival.title, arrival.body) == (MESSAGE.title, MESSAGE.body)
    assert arrival.message_id in ("id-1", "<id-1@chain.example>")


def test_the_next_message_has_its_own_id(sink: Sink) -> None:
    transport = Transport(sink.url)
    for message in (MESSAGE, MESSAGE._replace(message_id="id-2", alerts="[]")):
        assert transport.send(message) == ""
    assert len(sink.distinct()) == 2


def test_a_refusal_has_a_reason(sink: Sink) -> None:
    sink.refuses = True
    reason = Transport(sink.url).send(MESSAGE)
    assert reason
    assert sink.url not in reason
    sink.refuses = False
    assert Transport(sink.url).send(MESSAGE) == ""


@pytest.mark.parametrize("scheme", ["mailto", "json"])
def test_a_target_that_does_not_listen_has_a_reason(scheme: str) -> None:
    url = f"{scheme}://user:secret@{HOST}:{ports.free(HOST)}?from=a@b.example&to=c@b.example"
    reason = Transport(url).send(MESSAGE)
    assert "onnection" in reason
    assert "secret" not in reason


def test_a_mail_goes_to_the_address_of_its_store() -> None:
    with mail_sink() as sink:
        assert Transport(sink.url).send(MESSAGE._replace(store_id="s17")) == ""
        assert sink.arrivals[0].recipients == ["s17@chain.example"]


@pytest.mark.parametrize("store_id", ["x@evil.example,y", "x@evil.example y", "Main Street", "a;b"])
def test_the_id_of_a_store_leads_no_mail_to_another_address(store_id: str) -> None:
    with mail_sink() as sink:
        assert Transport(sink.url).send(MESSAGE._replace(store_id=store_id)) == ""
        (recipient,) = sink.arrivals[0].recipients
    assert recipient == f"{quote(store_id, safe='')}@chain.example"


def test_a_webhook_has_the_alerts_as_data() -> None:
    with webhook_sink() as sink:
        assert Transport(sink.url).send(MESSAGE) == ""
        data = sink.arrivals[0].data
        assert (data["id"], data["store_id"]) == ("id-1", "S 1")
        assert data["alerts"] == [{"id": "a", "kind": "low", "sku": "C-1"}]


def test_mails_that_wait_share_a_connection_which_a_rest_or_an_error_ends() -> None:
    with mail_sink() as sink:
        transport = Transport(sink.url)
        for name in ("a", "b"):
            assert transport.send(MESSAGE._replace(message_id=name)) == ""
        assert sink.connections == 1
        transport.rest()
        assert transport.send(MESSAGE._replace(message_id="c")) == ""
        assert sink.connections == 2
        sink.refuses = True
        assert transport.send(MESSAGE._replace(message_id="d"))
        sink.refuses = False
        assert transport.send(MESSAGE._replace(message_id="d")) == ""
        assert sink.connections == 3
        assert len(sink.distinct()) == 4
