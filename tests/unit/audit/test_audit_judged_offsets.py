"""Records that wait for the gate are left for the next audit."""

import pytest
from confluent_kafka import KafkaError, KafkaException

from audit import offsets
from connect.errors import UserError
from connect.kafka import Admin, Partition
from connect.settings import Settings

ADMIN = Admin({})
FAR, SLOW, NEW, AHEAD = (("transactions", number) for number in range(4))
ENDS: dict[Partition, int] = {FAR: 9, SLOW: 9, NEW: 9, AHEAD: 9}


def test_records_that_the_gate_has_not_judged_are_not_checked(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    committed = {FAR: 9, SLOW: 4, NEW: -1001, AHEAD: 12}
    monkeypatch.setattr(offsets, "committed_offsets", lambda *_: committed)
    judged = offsets.judged_offsets(Settings(), ADMIN, ENDS)
    # Of a partition without a commit nothing is known: Kafka forgets those of a gate that is off.
    assert judged == {FAR: 9, SLOW: 4, NEW: 9, AHEAD: 9}


def test_without_a_gate_nothing_waits() -> None:
    assert offsets.judged_offsets(Settings(gate="off"), ADMIN, ENDS) == ENDS


def test_a_group_that_may_not_be_described_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_: object) -> None:
        raise KafkaException(KafkaError(KafkaError.GROUP_AUTHORIZATION_FAILED))

    monkeypatch.setattr(offsets, "committed_offsets", refused)
    with pytest.raises(UserError, match=r"offsets of the group test\.inventory-gate"):
        offsets.judged_offsets(Settings(prefix="test."), ADMIN, ENDS)
