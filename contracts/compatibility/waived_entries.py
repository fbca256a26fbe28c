"""Findings with the waivers that cover them, and the waivers that cover none."""

from collections.abc import Iterator
from dataclasses import replace

from contracts.compatibility import report_entry
from contracts.compatibility.check_rule_table import CHECK
from contracts.compatibility.report_entry import Entry
from contracts.compatibility.rules import RULES
from contracts.compatibility.statement_rule_table import STATEMENTS
from contracts.compatibility.waivers import Waiver, Waivers
from contracts.contract import Contract
from contracts.readers.consumers import suggestion


def waived(entries: list[Entry], contracts: list[Contract], given: Waivers) -> Iterator[Entry]:
    """Yield the entries with their waivers, then the waivers that are expired or unused."""
    used = set()
    for entry in entries:
        covering = given.covering(entry.rule.id, entry.contract, entry.field)
        waiver = covering if entry.harmful else None
        used.add(waiver)
        yield replace(entry, waiver=waiver)
    harmful = {(each.rule.id, each.contract, each.field) for each in entries if each.harmful}
    for waiver in given.waivers:
        if waiver in given.expired:
            is_needed = (waiver.rule, waiver.contract, waiver.field) in harmful
            counts = "the finding counts again" if is_needed else "no finding needs it any more"
            what = f"expired on {waiver.expires}: {counts}"
            yield report_entry.of_waiver("waiver-expired", given.path, waiver, what)
        elif waiver not in used:
            what = f"holds until {waiver.expires} and covers no finding{_hint(waiver, contracts)}"
            yield report_entry.of_waiver("waiver-unused", given.path, waiver, what)


def _hint(waiver: Waiver, contracts: list[Contract]) -> str:
    """Return the name in a waiver that nothing has, with the one that may be meant."""
    fields = {each.stem: [field.name for field in each.fields] for each in contracts}
    for what, name, known in (
        ("rule", waiver.rule, [*RULES, *STATEMENTS, *CHECK]),
        ("contract", waiver.contract, list(fields)),
        ("field", waiver.field, fields.get(waiver.contract, [])),
    ):
        if name is not None and name not in known:
            return f": there is no {what} {name}{suggestion(name, known)}"
    return ""
