"""The report of an audit as text on a console."""

from collections.abc import Iterator, Mapping
from typing import Any

from rich.console import Console
from rich.table import Table

from audit.audit_report import Report
from connect.safe_text import for_terminal

IN = {
    "records": "records",
    "counted": "counted",
    "repeats": "repeats",
    "conflicts": "conflicts",
    "quarantined": "quarantined",
    "undecodable": "undecodable",
    "not handled": "unhandled",
    "expired": "expired",
    "ledger": "in_ledger",
    "of it gone": "gone",
}
"""Column -> field of an account."""
OUT = {"keys": "keys", "wrong": "wrong", "in flight": "in_flight", "not recounted": "lost"}
"""Column -> field of a tally."""
ONLY_IF_ANY = {"not handled", "expired", "of it gone", "not recounted"}
"""Columns that are shown only with a number in them."""


def show(report: Report, console: Console) -> None:
    """Print the accounts, the published topics and the differences, one a line."""
    accounts, tallies = report.accounts, report.tallies
    unbalanced = {topic for topic, account in accounts.items() if not account.balances}
    wrong = {topic for topic, tally in tallies.items() if tally.wrong}
    console.print(_table("in", IN, accounts, unbalanced))
    console.print(_table("out", OUT, tallies, wrong))
    for part in (report.differences, report.conflicts, report.lost):
        for line in part.lines():
            console.print(for_terminal(line), markup=False, highlight=False, soft_wrap=True)
    for text in conclusion(report):
        console.print(text, highlight=False, soft_wrap=True)


def _table(
    first: str, columns: Mapping[str, str], rows: Mapping[str, Any], differing: set[str]
) -> Table:
    table = Table(box=None, pad_edge=False)
    table.add_column(first, no_wrap=True)
    shown = {
        name: field
        for name, field in columns.items()
        if name not in ONLY_IF_ANY or any(getattr(row, field) for row in rows.values())
    }
    for name in shown:
        table.add_column(name, justify="right", no_wrap=True)
    table.add_column("", no_wrap=True)
    for topic, row in rows.items():
        counts = (f"{getattr(row, field):,}" for field in shown.values())
        table.add_row(topic, *counts, "differs" if topic in differing else "")
    return table


def conclusion(report: Report) -> Iterator[str]:
    """Yield the sentences that sum up the report."""
    unbalanced = [topic for topic, each in report.accounts.items() if not each.balances]
    parts = [f"{report.differences.count.total():,} differences"] if report.differences else []
    parts += [f"the accounts of {', '.join(unbalanced)} do not balance"] if unbalanced else []
    if parts:
        yield f"Not true: {', and '.join(parts)}."
    elif report.lost:
        yield "All that can be recounted is true; the lines above name what cannot be recounted."
    elif report.unseen:
        yield "All that was checked is true."
    else:
        yield (
            "All is true: records = counted + repeats + conflicts + quarantined, the "
            "ledger has every counted event, and every published record that was checked equals "
            "its definition."
        )
    if report.unseen:
        yield (
            f"Not checked: whether {', '.join(report.unseen)} lost records, as this client does "
            "not see them: `python -m contracts acls audit` prints what allows it."
        )
    in_flight = sum(tally.in_flight for tally in report.tallies.values())
    if in_flight:
        keys = in_flight + sum(tally.keys for tally in report.tallies.values())
        yield (
            f"Not checked: {in_flight:,} of {keys:,} published records (in flight), as events of "
            "theirs arrived during the audit. Audit again when fewer arrive."
        )
    conflicts = report.conflicts.count.total()
    if conflicts:
        yield (
            f"Records not counted, as their event_id is that of another event: {conflicts:,}. "
            "Send them again with an event_id of their own; `make quarantine` lists them."
        )
    unhandled = sum(account.unhandled for account in report.accounts.values())
    if unhandled:
        yield (
            "Events not counted yet, with a phase or status that this version does not handle: "
            f"{unhandled:,}."
        )
