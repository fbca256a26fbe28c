"""Send quarantined records again through their public topic: each once, with who and when.

What is sent and the trace of it are one transaction. Its id is a lock: whoever begins shuts out
whoever has not finished, and only then looks at what was sent again already.
"""

from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass

from confluent_kafka import KafkaError, KafkaException, Message, Producer

from connect import kafka, registry
from connect.errors import UserError
from connect.settings import Settings
from gate.coordinates import RecordCoordinates
from gate.headers import Headers, decode
from gate.quarantine import Quarantine, look
from gate.verdict import Limits, RecordValidator
from schemas.avro.encode import milliseconds
from schemas.clock import utc_now
from schemas.generated import EVENTS, QuarantinedRecord, Redrive
from schemas.record import Record
from schemas.wire import Encoder

LOCK = "inventory-gate-redrive"
ANSWER_SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class _Sending:
    place: RecordCoordinates
    key: bytes | None
    value: bytes | None
    headers: Headers | None
    repaired: bool


class Redriver:
    """Raises UserError when Kafka, the registry or a schema is not there."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        schemas = registry.client(settings)
        self._encoder = Encoder(lambda subject, text: registry.schema_id(schemas, subject, text))
        self._judges = {
            each.TOPIC: RecordValidator(
                each,
                registry.schema_id(schemas, f"{each.TOPIC}-key", each.KEY_SCHEMA),
                lambda schema_id: registry.text(schemas, schema_id),
                Limits.of(settings),
            )
            for each in EVENTS
        }
        self._producer = Producer(
            {
                **kafka.client(settings),
                "transactional.id": LOCK,
                "partitioner": "murmur2_random",
            }
        )

    def redrive(
        self, places: Iterable[RecordCoordinates], by: str, repaired: Record | None = None
    ) -> list[Redrive]:
        """Send all of them again, or none. repaired: what to send in place of the only one.

        Raises UserError for one that is not there, was sent again already, or is still bad.
        """
        wanted = list(dict.fromkeys(places))
        try:
            self._producer.init_transactions(ANSWER_SECONDS)
            quarantine = look(self._settings, frozenset(wanted))
            sending = [self._checked(place, quarantine, repaired) for place in wanted]
            self._producer.begin_transaction()
            try:
                traces = self._send(sending, by)
            except BaseException:
                # Should this fail, too, whoever takes the lock next aborts it.
                with suppress(KafkaException):
                    self._producer.abort_transaction(ANSWER_SECONDS)
                raise
            self._commit()
        except KafkaException as error:
            raise UserError(
                f"Nothing was sent again ({error.args[0].str()}): see that the broker is well and "
                "that nobody else sends again at the same time, then try once more."
            ) from None
        return traces

    def _commit(self) -> None:
        """Raises UserError when it is not known whether it was done."""
        try:
            self._producer.commit_transaction(ANSWER_SECONDS)
        except KafkaException as error:
            if error.args[0].txn_requires_abort() or error.args[0].fatal():
                with suppress(KafkaException):
                    self._producer.abort_transaction(ANSWER_SECONDS)
                raise
            raise UserError(
                f"Kafka has not said whether the records were sent again ({error.args[0].str()}): "
                "see `python -m gate quarantine list` when the broker is well."
            ) from None

    def _checked(
        self, place: RecordCoordinates, quarantine: Quarantine, repaired: Record | None
    ) -> _Sending:
        again, record = quarantine.redriven.get(place), quarantine.records.get(place)
        if record is None:
            raise UserError(f"{place} is not in quarantine: see `python -m gate quarantine list`.")
        if again is not None:
            raise UserError(
                f"{place} was sent again already, at {again.redriven_at} by {again.redriven_by}: "
                "nothing was sent."
            )
        sending = (
            self._as_it_was(place, record)
            if repaired is None
            else self._instead(place, record, repaired)
        )
        refusal = self._judges[place.topic].refusal(
            sending.key, sending.value, milliseconds(utc_now()), sending.headers
        )
        if refusal is not None:
            raise UserError(
                f"{place} is still bad ({refusal.reason}: {refusal.sentence}), so nothing was "
                "sent: repair it with --value, or leave it."
            )
        return sending

    def _as_it_was(self, place: RecordCoordinates, record: QuarantinedRecord) -> _Sending:
        if not record.complete:
            raise UserError(f"{place} was too large to be kept whole: give it whole with --value.")
        headers = decode(record.raw_headers) if record.raw_headers is not None else None
        return _Sending(place, record.raw_key, record.raw_value, headers, False)

    def _instead(
        self, place: RecordCoordinates, record: QuarantinedRecord, repaired: Record
    ) -> _Sending:
        whole = record.complete and record.raw_headers is not None
        headers = decode(record.raw_headers) if whole and record.raw_headers else None
        key, value = self._encoder.key(repaired), self._encoder.value(repaired)
        return _Sending(place, key, value, headers, True)

    def _send(self, sending: list[_Sending], by: str) -> list[Redrive]:
        places: dict[RecordCoordinates, tuple[int, int]] = {}
        refusals: list[str] = []

        def note(place: RecordCoordinates) -> Callable[[KafkaError | None, Message], None]:
            def noted(error: KafkaError | None, message: Message) -> None:
                if error is not None:
                    refusals.append(f"{place.topic}: {error.str()}")
                else:
                    places[place] = int(message.partition() or 0), int(message.offset() or 0)

            return noted

        for each in sending:
            self._producer.produce(
                each.place.topic,
                each.value,
                each.key,
                headers=each.headers,  # type: ignore[arg-type]
                on_delivery=note(each.place),
            )
            self._producer.poll(0)
        self._producer.flush(ANSWER_SECONDS)
        if len(places) < len(sending):
            why = refusals[0] if refusals else "no answer"
            raise UserError(
                f"Nothing was sent again, as Kafka did not take every record ({why}): see that the "
                "broker is well and lets you write there."
            )
        now = utc_now()
        traces = [
            Redrive(
                source_topic=each.place.topic,
                source_partition=each.place.partition,
                source_offset=each.place.offset,
                redriven_at=now,
                redriven_by=by,
                repaired=each.repaired,
                sent_partition=places[each.place][0],
                sent_offset=places[each.place][1],
            )
            for each in sending
        ]
        for trace in traces:
            self._producer.produce(
                Redrive.TOPIC, self._encoder.value(trace), self._encoder.key(trace)
            )
        return traces
