"""Successions: a contract that replaces another one, beside which it stands for a time.

The new contract names the old one in "succeeds". While both are there, each record of one topic is
converted into the other (see flink.conversions): every reader needs one of the two topics only.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path

from contracts.contract import Contract
from contracts.errors import InvalidContractError
from contracts.source_location import line_of

Pair = tuple[Contract, Contract]
"""(old, new)"""


def linked(
    contracts: list[Contract], released: Path
) -> tuple[list[Contract], list[InvalidContractError]]:
    """Return the contracts, marked where one stands beside its successor, and errors.

    An error is a "succeeds" that names no contract, or one that has another successor, and a pair
    of which the job reads none or both. Its contract is not returned.
    """
    by_stem = {contract.stem: contract for contract in contracts}
    errors: list[InvalidContractError] = []
    for new in contracts:
        if new.succeeds is None or _is_withdrawn(new.succeeds, by_stem, released):
            continue
        old = by_stem.get(new.succeeds)
        if expected := _expected(old, new, by_stem):
            line = line_of(new.path.read_text("utf-8"), "succeeds")
            error = InvalidContractError(new.path, f"succeeds: expected {expected}.", line)
            errors.append(error)
            del by_stem[new.stem]
        elif old:
            by_stem[old.stem] = replace(old, successor=new.stem)
            by_stem[new.stem] = replace(by_stem[new.stem], predecessor=old.stem)
    return list(by_stem.values()), errors


def _expected(old: Contract | None, new: Contract, by_stem: dict[str, Contract]) -> str | None:
    """Return what is expected of a successor; None if it is valid."""
    if old is None or old.stem == new.stem or old.successor:
        free = {stem for stem, contract in by_stem.items() if not contract.successor}
        names = ", ".join(sorted(free - {new.stem}))
        return f"the file name of a contract without another successor: {names}"
    if {old.flink, new.flink} != {"source", None}:
        return (
            f'"flink": "source" in one of {old.path.name} and {new.path.name}, and none in the '
            "other: the job reads the events from one of the two topics"
        )
    return None


def pairs(contracts: Iterable[Contract]) -> list[Pair]:
    """Return the contracts that stand beside their successor, each with it."""
    by_stem = {contract.stem: contract for contract in contracts}
    return [
        (by_stem[new.predecessor], new)
        for new in by_stem.values()
        if new.predecessor and new.predecessor in by_stem
    ]


def replaced(contracts: Iterable[Contract], released: Mapping[str, Contract]) -> set[str]:
    """Return the contracts that the given ones have replaced, one after the other.

    released: the newest version of contracts whose file is missing.
    """
    stems: set[str] = set()
    for contract in contracts:
        before = contract.succeeds
        while before and before not in stems:
            stems.add(before)
            before = released[before].succeeds if before in released else None
    return stems


def is_planned(contract: Contract, rule_id: str) -> bool:
    """Return True for a change of a released contract that is a stage of its succession.

    The job moves from one topic to the other, and both are gated; then the old topic runs empty.
    """
    if rule_id == "job-role-changed":
        return contract.paired
    if rule_id == "retention-shortened":
        return bool(contract.successor) and contract.flink is None
    return False


def _is_withdrawn(stem: str, by_stem: dict[str, Contract], released: Path) -> bool:
    return stem not in by_stem and (released / stem).is_dir()
