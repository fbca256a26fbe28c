"""A finding at a reader's place: a statement, an event's meaning or a declared consumer."""

from contracts.compatibility.finding import Finding
from contracts.compatibility.released_versions import ContractFinding, Place
from contracts.compatibility.statement_rule_table import STATEMENTS
from contracts.contract import Contract

PARTS = {"event-without-meaning": "event", "consumer-lacks-field": "consumer"}
"""Rule -> part, of findings that no statement has."""


def finding(
    place: Place, rule: str, contract: Contract, field: str | None, what: str
) -> ContractFinding:
    """Return a finding at a reader's place. rule: a key of STATEMENTS."""
    path = f"/fields/{field}" if field else "/"
    return ContractFinding(
        contract=contract,
        part=PARTS.get(rule, "statement"),
        reader=place.file,
        writer=contract.path,
        finding=Finding(rule=STATEMENTS[rule], path=path, what=what),
        example=None,
        place=place,
    )
