"""The stage of a succession: what has been done, and what comes next."""

from collections.abc import Mapping
from dataclasses import dataclass

from contracts.contract import Contract

STAGES = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """A contract that stands beside its successor, in one Kafka cluster."""

    old: Contract
    """The contract to be withdrawn."""
    new: Contract
    """Its successor."""
    lacking: tuple[str, ...]
    """The topics of producers that do not exist."""
    lacking_accepted: tuple[str, ...]
    """The topics of accepted records that the gate does not write yet: it has to start again."""
    waiting: Mapping[str, int]
    """Topic -> its accepted records that have not been converted yet."""
    readers: tuple[str, ...]
    """Declared readers of the old topic."""
    records: int
    """Records that the old topic still has."""

    @property
    def stage(self) -> int:
        """Return the number of the stage, from 1 to STAGES."""
        if self.lacking or self.lacking_accepted:
            return 1
        if any(self.waiting.values()):
            return 2
        if self.readers:
            return 3
        return 4 if self.records else STAGES

    def sentence(self) -> str:
        """Return the stage with what it waits for."""
        return f"{self.old.stem} -> {self.new.stem}: stage {self.stage} of {STAGES}, {self._next()}"

    def _next(self) -> str:
        topic = self.old.topic.name
        match self.stage:
            case 1 if self.lacking:
                return (
                    f"{' and '.join(self.lacking)} does not exist: `python -m contracts apply`, "
                    "then restart the gate (`python -m stack restart gate`)"
                )
            case 1:
                return (
                    f"the gate does not write {' and '.join(self.lacking_accepted)} yet: restart "
                    "it (`python -m stack restart gate`)"
                )
            case 2:
                counts = (f"{n:,} of {name}" for name, n in self.waiting.items() if n)
                return (
                    f"records are converted, and {' and '.join(counts)} wait: "
                    "`python -m flink.convert` has to run"
                )
            case 3:
                return (
                    f"readers move, one by one, to {self.new.topic.name}: {', '.join(self.readers)}"
                )
            case 4:
                return (
                    f"no declared reader is left, {self.records:,} records of {topic} are: "
                    f"`python -m contracts evolve {self.old.stem}`"
                )
        return (
            f"{topic} is empty and has no reader: `python -m contracts evolve {self.old.stem} "
            "--withdraw`"
        )
