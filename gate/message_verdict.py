"""Verdicts on the messages of the public topics."""

from collections.abc import Callable, Iterable
from contextlib import suppress
from functools import cached_property
from importlib import import_module
from itertools import islice
from time import time_ns
from typing import TYPE_CHECKING

from confluent_kafka import Message

from connect import registry
from connect.message_headers import headers_of
from connect.settings import Settings
from connect.unreadable_batches import UnreadableBatch
from gate.accepted_topics import accepted_topic, event_types
from gate.arrival import arrival
from gate.reasons import ReadModelBehindError, Refusal, UndecidedError
from gate.schema_cache import open_caches
from gate.verdict import Forward, Limits, RecordValidator, TooLate, schema_id_of

if TYPE_CHECKING:
    from gate.late_records import LateRecords

REQUESTS_AHEAD = 8
"""Records behind one that waits whose schemas are requested."""


class MessageVerdicts:
    """Judges messages of all public topics, and never waits.

    was_there_first: see GateConsumer. Raises UserError when the registry or a schema of a key is
    missing.
    """

    def __init__(self, settings: Settings, was_there_first: Callable[[Message], bool]) -> None:
        schemas = registry.client(settings)
        self._schemas, self._guids = open_caches(settings)
        self._settings = settings
        self._was_there_first = was_there_first
        limits = Limits.of(settings)
        self._validators = {
            topic: RecordValidator(
                event,
                registry.schema_id(schemas, settings.prefixed(event.KEY_SUBJECT), event.KEY_SCHEMA),
                self._schemas,
                limits,
                self._guids,
            )
            for topic, event in event_types(settings).items()
        }

    @cached_property
    def _late(self) -> "LateRecords":
        # Imported with the first late record: most gates never need a database, 25 MB.
        late: LateRecords = import_module("gate.late_records").LateRecords(self._settings)
        return late

    def judged(self, message: Message) -> Forward | Refusal | None:
        """Return what to forward, or why not; None for a late event that is counted already.

        Raises UndecidedError when there is no verdict yet, UnreadableHeadersError, and whatever
        else a message can cause.
        """
        arrived = arrival(message, time_ns() // 1_000_000)
        judged = self._validators[str(message.topic())].judged(
            message.key(), message.value(), arrived, headers_of(message)
        )
        return self._settled(judged, message) if type(judged) is TooLate else judged

    def _settled(self, late: TooLate, message: Message) -> Forward | Refusal | None:
        accepted = accepted_topic(str(message.topic()), self._settings.prefix)
        former = (accepted, int(message.partition() or 0))
        return self._late(late, former if self._was_there_first(message) else None)

    def request_ahead(
        self, messages: Iterable[Message | UnreadableBatch], reason: UndecidedError
    ) -> None:
        """Request what messages behind one that waits will wait for: each would wait by itself.

        reason: of the first message.
        """
        following = (each for each in islice(messages, 1, None) if isinstance(each, Message))
        if isinstance(reason, ReadModelBehindError):
            for message in islice(following, self._late.room):
                with suppress(Exception):
                    self.judged(message)
            return
        for message in islice(following, REQUESTS_AHEAD):
            schema_id = schema_id_of(message.value())
            if schema_id is not None:
                self._schemas.request(schema_id)

    def close(self) -> None:
        self._schemas.close()
        self._guids.close()
        if "_late" in vars(self):
            self._late.close()
