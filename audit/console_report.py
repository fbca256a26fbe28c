"""The report of an audit as text on a console."""

from rich.console import Console
from rich.table import Table

from audit.audit_report import Report


def show(report: Report, console: Console) -> None:
    """Print the accounts, the published topics and the differences, one a line."""
    console.print(_accounts(report))
    console.print(_published(report))
    for line in report.differences.lines():
        console.print(line, markup=False, highlight=False, soft_wrap=True)
    console.print(_conclusion(report), highlight=False, soft_wrap=True)


def _accounts(report: Report) -> Table:
    table = _table(
        *("in", "records", "accepted", "duplicates", "contradict", "quarantined", "undecodable"),
        "ledger",
    )
    for topic, account in report.accounts.items():
        table.add_row(
            topic,
            *(
                f"{count:,}"
                for count in (
                    account.records,
                    account.accepted,
                    account.duplicates,
                    account.contradictions,
                    account.quarantined,
                    account.undecodable,
                    account.in_ledger,
                )
            ),
            "" if account.balances else "differs",
        )
    return table


def _published(report: Report) -> Table:
    table = _table("out", "keys", "wrong", "in flight")
    for topic, tally in report.tallies.items():
        counts = (tally.keys, tally.wrong, tally.in_flight)
        table.add_row(topic, *(f"{count:,}" for count in counts), "differs" if tally.wrong else "")
    return table


def _table(topic: str, *columns: str) -> Table:
    table = Table(box=None, pad_edge=False)
    table.add_column(topic, no_wrap=True)
    for name in columns:
        table.add_column(name, justify="right", no_wrap=True)
    table.add_column("", no_wrap=True)
    return table


def _conclusion(report: Report) -> str:
    unbalanced = [topic for topic, each in report.accounts.items() if not each.balances]
    if report.true:
        return (
            "All is true: records = accepted + duplicates + contradictions + quarantined, the "
            "ledger has every accepted event, and every published record equals its definition."
        )
    parts = [f"{report.differences.count.total():,} differences"] if report.differences else []
    parts += [f"the accounts of {', '.join(unbalanced)} do not balance"] if unbalanced else []
    return f"Not true: {', and '.join(parts)}."
