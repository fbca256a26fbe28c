"""The rules of a field's limits: the values that two versions of it allow."""

import json
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from contracts import pattern_language
from contracts.compatibility.contract_rule_table import CONTRACT
from contracts.compatibility.counterexample import counterexample
from contracts.compatibility.finding import Finding
from contracts.contract import Field
from contracts.limits import NumberLimits, limits_of
from contracts.pattern_language import UndecidedError

WHOLE = {"int", "long"}


def findings(old: Field, new: Field) -> Iterator[Finding]:
    """Yield the differences of two fields' limits; other rules report a changed type."""
    before, after = (limits_of(each.type, each.constraints) for each in (old, new))
    types = {old.type.logical, new.type.logical}
    comparable = (len(types) == 1 or types == WHOLE) and old.type.scale == new.type.scale
    if before is None or after is None or not comparable:
        return
    path, change = f"/fields/{new.name}", _change(old.constraints, new.constraints)
    try:
        refused, allowed = counterexample(before, after), counterexample(after, before)
    except UndecidedError as error:
        what = f"{change}; the patterns are not compared: {error}"
        yield Finding(rule=CONTRACT["limit-undecided"], path=path, what=what)
        return
    gone, added = _listed(old) - _listed(new), _listed(new) - _listed(old)
    for value, rule, list_rule, values, state in (
        (refused, "limit-tightened", "value-removed", gone, "missing"),
        (allowed, "limit-loosened", "value-added", added, "new"),
    ):
        if value is not None and values and _listed(old) and _listed(new):
            what = f"of the values of {new.name}, {', '.join(sorted(values))} is {state}"
            yield Finding(rule=CONTRACT[list_rule], path=path, what=what, value=value)
        elif value is not None:
            shown = _shown(value, after)
            yield Finding(rule=CONTRACT[rule], path=path, what=change, value=shown)
    if refused is None and allowed is None:
        yield Finding(rule=CONTRACT["limit-rewritten"], path=path, what=change)


def _listed(field: Field) -> frozenset[str]:
    """Return the values that a field's pattern lists, such as those of a|b; else none."""
    pattern = field.constraints.get("pattern")
    return pattern_language.values(pattern) if pattern is not None else frozenset()


def _change(old: dict[str, Any], new: dict[str, Any]) -> str:
    changes = []
    for word in dict.fromkeys([*old, *new]):
        before, after = (json.dumps(each.get(word), ensure_ascii=False) for each in (old, new))
        if word not in old:
            changes.append(f"{word} {after} is new")
        elif word not in new:
            changes.append(f"{word} {before} was removed")
        elif before != after:
            changes.append(f"{word} {before} became {after}")
    return ", ".join(changes)


def _shown(value: int | str, limits: object) -> object:
    if isinstance(limits, NumberLimits) and limits.scale:
        return str(Decimal(value).scaleb(-limits.scale))
    return value
