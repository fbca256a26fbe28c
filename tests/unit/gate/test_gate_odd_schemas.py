"""A record whose schema Java's parser refuses is quarantined: it would end the job for ever."""

from typing import Any

import pytest

from gate.known_schema import objection
from gate.reasons import Reason
from gate.verdict import RecordValidator
from schemas.generated import Shipment
from schemas.wire import Encoder
from tests.support.gate_judges import LIMITS, NOW, SENT, FakeRegistry
from tests.support.odd_schemas import READ_BY_JAVA, REFUSED_BY_JAVA
from tests.support.poisons import good


@pytest.mark.parametrize("oddity", REFUSED_BY_JAVA)
def test_a_record_whose_schema_java_refuses_is_quarantined(oddity: str) -> None:
    registry = FakeRegistry()
    written_with = registry.id_of("", REFUSED_BY_JAVA[oddity])
    key_id = registry.id_of("", Shipment.KEY_SCHEMA)
    validator = RecordValidator(Shipment, key_id, registry.text_of, LIMITS)
    record: Any = good(Shipment, NOW)
    value = Encoder(lambda *_: written_with).value(record)
    refusal = validator.refusal(Encoder(registry.id_of).key(record), value, SENT)
    assert refusal is not None
    assert refusal.reason == Reason.FOREIGN_SCHEMA, refusal


@pytest.mark.parametrize("oddity", READ_BY_JAVA)
def test_a_schema_that_java_reads_may_be_a_version_of_the_contract(oddity: str) -> None:
    assert objection(READ_BY_JAVA[oddity]) == ""
