"""The rules of a contract's promises, which compare it with a released version."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from decimal import Decimal
from difflib import SequenceMatcher
from typing import Any, NamedTuple

from contracts import successions
from contracts.compatibility import limit_rules
from contracts.compatibility.contract_rule_table import CONTRACT
from contracts.compatibility.finding import Finding
from contracts.contract import Contract, Field
from contracts.errors import label
from contracts.readers.consumers import Consumer


class Attribute(NamedTuple):
    """An attribute of which every change is one rule's finding."""

    rule: str
    """The rule."""
    path: str
    """The place of the attribute."""
    value: Callable[[Contract], object]
    """Its value."""


ATTRIBUTES = (
    Attribute("topic-renamed", "/topic/name", lambda each: each.topic.name),
    Attribute(
        "subjects-renamed", "/subject_name_strategy", lambda each: each.subject_name_strategy
    ),
    Attribute("partitions-changed", "/topic/partitions", lambda each: each.topic.partitions),
    Attribute("event-time-changed", "/event_time", lambda each: each.event_time),
    Attribute("job-role-changed", "/flink", lambda each: each.flink),
    Attribute("owner-changed", "/owner", lambda each: each.owner),
)
RETENTION = ("retention.ms", "retention.bytes", "delete.retention.ms", "min.compaction.lag.ms")
HARMLESS = ("segment.ms", "segment.bytes", "min.cleanable.dirty.ratio", "compression.type",
            "segment.index.bytes", "index.interval.bytes", "segment.jitter.ms", "preallocate",
            "file.delete.delay.ms")  # fmt: skip
"""Settings of the broker's files, which no reader or producer notices."""
ENDLESS = Decimal("Infinity")
"""The number of a setting without limit."""


def findings(contract: Contract, released: Contract) -> Iterator[Finding]:
    """Yield the differences between a contract's promises and those of a released version."""
    for rule, path, value in ATTRIBUTES:
        old, new = value(released), value(contract)
        if old != new:
            yield _finding(rule, path, f"{_shown(old)} became {_shown(new)}")
    yield from _settings(released.topic.config, contract.topic.config)
    yield from _level(released.compatibility, contract.compatibility)
    if released.succeeds != contract.succeeds:
        rule = "successor-unlinked" if released.succeeds else "successor-linked"
        what = f"{_shown(released.succeeds)} became {_shown(contract.succeeds)}"
        yield _finding(rule, "/succeeds", what)
    yield from _doc("/doc", f"record {contract.name}", released.doc, contract.doc)
    yield from field_findings(contract.fields, released)


def field_findings(fields: Iterable[Field], released: Contract) -> Iterator[Finding]:
    """Yield the differences of some fields' docs and limits from those of a released version."""
    for field in fields:
        names = (field.name, *field.aliases)
        for older in [each for each in released.fields if each.name in names][:1]:
            yield from _doc(f"/fields/{field.name}", field.name, older.doc, field.doc)
            if older.constraints != field.constraints:
                yield from limit_rules.findings(older, field)


def rewritten(contract: Contract, released: Contract) -> Finding:
    """Return the finding for a difference that no other rule reports."""
    orders = [[field.name for field in each.fields] for each in (released, contract)]
    what = (
        "the order of the fields"
        if orders[0] != orders[1]
        else "aliases, defaults or unused attributes"
    )
    return _finding("contract-rewritten", "/", f"{what} changed")


def withdrawn(
    newest: Mapping[str, Contract],
    contracts: Iterable[Contract],
    declared: Iterable[Consumer] = (),
) -> Iterator[tuple[str, Finding]]:
    """Yield (contract, finding) for the released contracts whose file is missing.

    newest: the newest released version of each. declared: the declared consumers. Nothing for a
    contract that a successor has replaced, once it has no reader.
    """
    present = {contract.stem: contract for contract in contracts}
    of_topic = {contract.topic.name: contract.path.name for contract in present.values()}
    replaced = successions.replaced(present.values(), newest)
    for stem, released in sorted(newest.items()):
        what = f"{stem}.avsc is missing, the contract of the topic {released.topic.name}"
        if other := of_topic.get(released.topic.name):
            what = f"{what}, which {other} has now"
        readers = [str(each) for each in declared if each.contract == stem]
        predecessor = present.get(released.succeeds or "")
        if stem in replaced:
            if released.flink == "source":
                readers.append(f"the job, by {label(released.path)}")
            if readers:
                what = f"{what}; its readers are {', '.join(readers)}"
                yield stem, _finding("withdrawn-too-early", "/", what)
        elif predecessor and predecessor.flink == "source" and not readers:
            what = f"{what}; {predecessor.path.name}, which it was to replace, is there"
            yield stem, _finding("successor-undone", "/", what)
        else:
            yield stem, _finding("contract-withdrawn", "/", what)


def _settings(old: dict[str, str], new: dict[str, str]) -> Iterator[Finding]:
    for name in sorted(old.keys() | new.keys()):
        before, after = old.get(name), new.get(name)
        if before != after:
            what = f"{name} {_shown(before)} became {_shown(after)}"
            yield _finding(_setting_rule(name, before, after), f"/topic/config/{name}", what)


def _setting_rule(name: str, before: str | None, after: str | None) -> str:
    if name == "cleanup.policy":
        sets = [set((each or "delete").replace(" ", "").split(",")) for each in (before, after)]
        return "cleanup-changed" if sets[0] != sets[1] else "topic-setting-changed"
    if name in RETENTION:
        lengthened = _amount(after, Decimal(0)) > _amount(before, ENDLESS)
        return "retention-lengthened" if lengthened or after == "-1" else "retention-shortened"
    if name == "max.message.bytes":
        raised = _amount(after, Decimal(0)) > _amount(before, ENDLESS)
        return "topic-setting-changed" if raised else "message-size-lowered"
    if name == "message.timestamp.type":
        return "log-time-changed"
    return "topic-setting-changed" if name in HARMLESS else "topic-setting-unknown"


def _amount(value: str | None, unset: Decimal) -> Decimal:
    """Return a setting's number; -1 is without limit, and an unset one the broker's own."""
    if value is None:
        return unset
    return ENDLESS if value == "-1" or not value.isdecimal() else Decimal(value)


def _level(old: str, new: str) -> Iterator[Finding]:
    missing = _promises(old) - _promises(new)
    if old != new:
        rule = "level-lowered" if missing else "level-raised"
        yield _finding(rule, "/compatibility", f"{old} became {new}")


def _promises(level: str) -> set[tuple[str, str]]:
    """Return each (direction, versions) of a level: FULL is BACKWARD and FORWARD."""
    mode, _, transitive = level.partition("_")
    directions = ("BACKWARD", "FORWARD") if mode == "FULL" else (mode,)
    versions = ("newest", "all") if transitive else ("newest",)
    return {(direction, version) for direction in directions for version in versions}


def _doc(path: str, place: str, old: str, new: str) -> Iterator[Finding]:
    before, after = old.split(), new.split()
    codes = SequenceMatcher(None, before, after, autojunk=False).get_opcodes()
    changes = [places for name, *places in codes if name != "equal"]
    if changes:
        (old_first, _, new_first, _), (_, old_end, _, new_end) = changes[0], changes[-1]
        parts = _excerpt(before, old_first, old_end), _excerpt(after, new_first, new_end)
        yield _finding("meaning-changed", path, f"in the doc of {place}, {' became '.join(parts)}")


def _excerpt(words: list[str], first: int, end: int) -> str:
    """Return the words from first to end with two more on each side, in quotation marks."""
    before, after = max(first - 2, 0), end + 2
    part = " ".join(words[before:after])
    return f'"{"... " if before else ""}{part}{" ..." if after < len(words) else ""}"'


def _shown(value: Any) -> str:
    return "nothing" if value is None else str(value)


def _finding(rule: str, path: str, what: str) -> Finding:
    return Finding(rule=CONTRACT[rule], path=path, what=what)
