"""Redrive quarantined records through their public topic: each once, with who and when.

The records and the trace of them are one Kafka transaction. Its transactional id is a lock: a new
redrive fences one that has not finished, and only then reads what was redriven before.
"""

from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass, replace

from confluent_kafka import KafkaError, KafkaException, Message

from connect import registry
from connect.errors import UserError
from connect.kafka_producer import KafkaProducer, RecordRefusedError
from connect.message_headers import Headers
from connect.settings import Settings
from gate.accepted_topics import event_types
from gate.coordinates import RecordCoordinates
from gate.headers import decode
from gate.late_records import LateRecords
from gate.reasons import NOT_COUNTED, Refusal
from gate.verdict import Limits, RecordValidator, TooLate
from schemas.avro.encode import milliseconds
from schemas.clock import utc_now
from schemas.generated import QuarantinedRecord, Redrive
from schemas.record import Record
from schemas.wire import Encoder
from views.current_database import current_database
from views.database.quarantine_rows import find
from views.quarantine import Coordinates, read_quarantine

LOCK = "inventory-gate-redrive"
"""Transactional id of every redrive."""
ANSWER_SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class _Outgoing:
    """A message to send, and the quarantined record that it replaces."""

    coordinates: RecordCoordinates
    key: bytes | None
    value: bytes | None
    headers: Headers | None
    repaired: bool


class Redriver:
    """Raises UserError when Kafka, the registry or a schema is missing."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._late = LateRecords(settings)
        schemas = registry.client(settings)
        self._encoder = Encoder(
            lambda subject, text: registry.schema_id(schemas, settings.prefixed(subject), text)
        )
        self._validators = {
            topic: RecordValidator(
                event,
                registry.schema_id(schemas, settings.prefixed(event.KEY_SUBJECT), event.KEY_SCHEMA),
                lambda schema_id: registry.schema_text(schemas, schema_id),
                Limits.of(settings),
                lambda of: registry.schema_id_of_guid(schemas, settings.prefixed(of[0]), of[1]),
            )
            for topic, event in event_types(settings).items()
        }
        self._producer = KafkaProducer(settings, {"transactional.id": settings.prefixed(LOCK)})

    def redrive(
        self, coordinates: Iterable[RecordCoordinates], by: str, repaired: Record | None = None
    ) -> list[Redrive]:
        """Redrive all of the records, or none; repaired: replaces the only one.

        Raises UserError for a record that is not in quarantine, was redriven before, or is still
        invalid.
        """
        chosen = list(dict.fromkeys(coordinates))
        try:
            self._producer.init_transactions(ANSWER_SECONDS)
            outgoing = self._outgoing(chosen, repaired)
            self._producer.begin_transaction()
            try:
                traces = self._send(outgoing, by)
            except BaseException:
                # Should this fail, too, the next redrive aborts the transaction.
                with suppress(KafkaException):
                    self._producer.abort_transaction(ANSWER_SECONDS)
                raise
            self._commit()
        except RecordRefusedError as error:
            raise _nothing_redriven(error.reason) from None
        except KafkaException as error:
            raise _nothing_redriven(error.args[0].str()) from None
        except SystemError as error:
            # The client raises a fatal error, such as that of an overtaken redrive, and calls back
            # all the same: Python reports both as this one.
            if not isinstance(error.__cause__, KafkaException):
                raise
            raise _nothing_redriven(error.__cause__.args[0].str()) from None
        return traces

    def _commit(self) -> None:
        """Commit. Raises UserError when the outcome is unknown."""
        try:
            self._producer.commit_transaction(ANSWER_SECONDS)
        except KafkaException as error:
            if error.args[0].txn_requires_abort() or error.args[0].fatal():
                with suppress(KafkaException):
                    self._producer.abort_transaction(ANSWER_SECONDS)
                raise
            raise UserError(
                f"It is unknown whether the records were redriven ({error.args[0].str()}): see "
                "`.venv/bin/python -m gate quarantine list` when the broker is healthy."
            ) from None

    def _outgoing(
        self, chosen: list[RecordCoordinates], repaired: Record | None
    ) -> list[_Outgoing]:
        quarantine, records = read_quarantine(self._settings, frozenset(chosen))
        if expired := [coordinates for coordinates in chosen if coordinates not in records]:
            records.update(self._kept(expired))
        outgoing = []
        for coordinates in chosen:
            record = records.get(coordinates)
            if record is None:
                raise UserError(
                    f"{coordinates} is not in quarantine: see "
                    "`.venv/bin/python -m gate quarantine list`."
                )
            redriven = quarantine.redrive_of(coordinates, record.sent_at)
            if redriven is not None:
                raise UserError(
                    f"{coordinates} was redriven before, at {redriven.redriven_at} by "
                    f"{redriven.redriven_by}: nothing was sent."
                )
            if record.reason in NOT_COUNTED:
                raise UserError(
                    f"{coordinates} was accepted and cannot be redriven ({record.sentence}): "
                    f"{NOT_COUNTED[record.reason]}."
                )
            outgoing.append(self._valid(coordinates, record, repaired))
        return outgoing

    def _kept(self, expired: list[RecordCoordinates]) -> dict[Coordinates, QuarantinedRecord]:
        """Return what the read model has of records that the topic no longer has: it is full."""
        try:
            with current_database(self._settings, [QuarantinedRecord]) as connection:
                kept = {each: find(connection, each)[0] for each in expired}
        except UserError:
            return {}
        return {each: record for each, record in kept.items() if record is not None}

    def _valid(
        self, coordinates: RecordCoordinates, record: QuarantinedRecord, repaired: Record | None
    ) -> _Outgoing:
        message = (
            self._unchanged(coordinates, record)
            if repaired is None
            else self._repaired(coordinates, record, repaired)
        )
        judged = self._validators[coordinates.topic].judged(
            message.key, message.value, milliseconds(utc_now()), message.headers
        )
        if isinstance(judged, TooLate):
            # The gate will recognise one that is counted already.
            judged = self._late.settle(judged) or judged.forward
        if isinstance(judged, Refusal):
            raise UserError(
                f"{coordinates} is still invalid ({judged.reason}: {judged.sentence}), so "
                "nothing was sent: repair it with --value, or do not redrive it."
            )
        return replace(message, key=judged.key, value=judged.value, headers=judged.headers)

    def _unchanged(self, coordinates: RecordCoordinates, record: QuarantinedRecord) -> _Outgoing:
        if not record.complete:
            raise UserError(f"{coordinates} was not kept whole: give the whole with --value.")
        headers = decode(record.raw_headers) if record.raw_headers is not None else None
        return _Outgoing(coordinates, record.raw_key, record.raw_value, headers, False)

    def _repaired(
        self, coordinates: RecordCoordinates, record: QuarantinedRecord, repaired: Record
    ) -> _Outgoing:
        whole = record.complete and record.raw_headers is not None
        headers = decode(record.raw_headers) if whole and record.raw_headers else None
        key, value = self._encoder.key(repaired), self._encoder.value(repaired)
        return _Outgoing(coordinates, key, value, headers, True)

    def _send(self, outgoing: list[_Outgoing], by: str) -> list[Redrive]:
        sent: dict[RecordCoordinates, tuple[int, int]] = {}
        errors: list[str] = []

        def report(
            coordinates: RecordCoordinates,
        ) -> Callable[[KafkaError | None, Message], None]:
            def delivered(error: KafkaError | None, message: Message) -> None:
                if error is not None:
                    errors.append(f"{coordinates.topic}: {error.str()}")
                else:
                    sent[coordinates] = int(message.partition() or 0), int(message.offset() or 0)

            return delivered

        for message in outgoing:
            self._producer.send(
                message.coordinates.topic,
                message.value,
                message.key,
                headers=message.headers,
                on_delivery=report(message.coordinates),
            )
            self._producer.poll(0)
        self._producer.flush(ANSWER_SECONDS)
        if len(sent) < len(outgoing):
            reason = errors[0] if errors else "no answer"
            raise UserError(
                f"Nothing was redriven, as Kafka did not accept every record ({reason}): check "
                "that the broker is healthy and that you may write to the topic."
            )
        now = utc_now()
        traces = [
            Redrive(
                source_topic=message.coordinates.topic,
                source_partition=message.coordinates.partition,
                source_offset=message.coordinates.offset,
                redriven_at=now,
                redriven_by=by,
                repaired=message.repaired,
                sent_partition=sent[message.coordinates][0],
                sent_offset=sent[message.coordinates][1],
            )
            for message in outgoing
        ]
        for trace in traces:
            topic = self._settings.prefixed(Redrive.TOPIC)
            self._producer.send(topic, self._encoder.value(trace), self._encoder.key(trace))
        return traces


def _nothing_redriven(reason: str) -> UserError:
    return UserError(
        f"Nothing was redriven ({reason}): check that the broker is healthy and that no other "
        "redrive runs, then try again."
    )
