"""Rules, and findings: the rule that a change breaks, the place and an example value."""

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any


class Severity(StrEnum):
    """The severity of a finding for consumers with the reader schema."""

    BREAKING = "breaking"
    """Some written value cannot be read, or is read with another meaning."""
    DANGEROUS = "dangerous"
    """This schema reads every value; readers with an older schema or another library may not."""
    SAFE = "safe"
    """Every reader reads every value."""


class Hurt(StrEnum):
    """Those who rely on the released version."""

    PRODUCERS = "producers of the released version"
    """Programs that write the topic with the released contract."""
    READERS = "readers"
    """Programs that decode the topic: dashboard, job and others."""
    VALIDATORS = "readers that validate"
    """Programs that call validate() of the released dataclass, or check its limits otherwise."""
    STATEMENTS = "statements of the job"
    """The SQL statements of flink/sql, which read and write the topics of the contracts."""
    CONSUMERS = "consumers outside"
    """Programs and people of other teams."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One compatibility rule."""

    id: str
    """A stable name: scripts and change logs use it."""
    severity: Severity
    """The severity of its findings."""
    compares: str
    """The parts of the two schemas that it compares."""
    effect: str
    """The effect on each reader."""
    remedy: str
    """The way to avoid the finding; empty for a safe one."""
    hurts: tuple[Hurt, ...] = (Hurt.READERS,)
    """Those who are hurt by the change; none by a safe one."""


def rule_table(*rules: Rule, hurts: tuple[Hurt, ...] = ()) -> dict[str, Rule]:
    """Return the rules by id. hurts: those whom every rule hurts, instead of its own."""
    return {rule.id: replace(rule, hurts=hurts or rule.hurts) for rule in rules}


@dataclass(frozen=True, slots=True)
class Index:
    """A step from a union to one of its branches."""

    branch: int
    """The index of the branch."""


Step = str | Index
"""A step into a value: a record's field, "items" or "values", or a union's branch."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One rule that a pair of schemas breaks at one place."""

    rule: Rule
    """The rule."""
    path: str
    """The place in the reader schema, or in the writer schema if only that has it."""
    what: str
    """The difference, as a sentence without its full stop."""
    steps: tuple[Step, ...] = ()
    """The steps to the place in a value of the writer."""
    value: Any = None
    """The value at the place that shows the effect; None: any value does."""

    @property
    def severity(self) -> Severity:
        """The rule's severity."""
        return self.rule.severity

    @property
    def field(self) -> str | None:
        """The outermost field on the path; None if there is none."""
        parts = self.path.split("/")
        return parts[2] if len(parts) > 2 and parts[1] == "fields" else None
