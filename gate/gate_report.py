"""The gate's readiness and metrics: counts that it keeps anyway, read when they are scraped."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping

from connect import metrics
from connect.kafka_probe import KafkaProbe
from connect.metrics import Sample
from connect.part_status import standing_sentence
from connect.settings import Settings
from gate.reasons import Reason
from gate.service import Gate

NO_PARTITIONS = (
    "The gate reads no partition: it joins its group, or there are more gates than partitions."
)


class GateReport:
    """See connect.part_status.Report. standing: seconds of each standstill, by its name."""

    def __init__(
        self, settings: Settings, gate: Gate, standing: Callable[[], Mapping[str, float]]
    ) -> None:
        self._kafka = KafkaProbe(settings)
        self._gate, self._standing = gate, standing

    def obstacle(self) -> str:
        if silence := self._kafka.silence():
            return silence
        if not self._gate.positions:
            return NO_PARTITIONS
        return standing_sentence(self._standing())

    def samples(self) -> Iterator[Sample]:
        gate = self._gate
        yield metrics.ACCEPTED.of(gate.valid)
        yield metrics.REPEATED.of(gate.repeats)
        yield metrics.COMPLETED_KEYS.of(gate.completed_keys)
        for reason in Reason:
            # From 0 on, so that the first record is an increase.
            yield metrics.QUARANTINED.of(gate.quarantined[reason], reason)
        yield metrics.WAITING.of(gate.waiting)
        yield metrics.UNSENT.of(gate.unsent)
        yield metrics.FLUSHES.of(gate.flushes)
        positions = gate.positions
        yield metrics.GATE_PARTITIONS.of(len(positions))
        lag: Counter[str] = Counter()
        for (topic, _), (position, end) in positions.items():
            lag[topic] += max(end - position, 0)
        for topic, offsets in lag.items():
            yield metrics.GATE_LAG.of(offsets, topic)
