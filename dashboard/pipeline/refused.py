"""The quarantine as the Pipeline page shows it: reasons, and the newest record with its fields."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from schemas.generated import QuarantinedRecord
from views.quarantine import ReasonCount


@dataclass(frozen=True, slots=True)
class Refused:
    reasons: list[ReasonCount]
    newest: QuarantinedRecord | None = None
    fields: Mapping[str, Any] = field(default_factory=dict)
    """Those of the newest record that can be decoded."""
    unit: str | None = None
    """Base unit of its product's amounts; None: pieces."""
