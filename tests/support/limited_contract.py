"""A contract of one field with random limits, and its generated class."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from hypothesis import strategies as st

from codegen import dataclasses
from contracts.contract import Contract
from contracts.contract_file import contract_of
from schemas.violations import ContractViolationError

atoms = st.sampled_from(
    ["a", "b", "[ab]", "[^a]", ".", r"\w", r"\d", r"\s", "1", r"\ ", "ab", r"\W"]
)


def larger(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    several = st.lists(inner, min_size=1, max_size=3)
    ends = st.sampled_from(["*", "+", "?", "{2}", "{1,3}", "{0,2}", "*?"])
    return (
        several.map("".join)
        | several.map(lambda options: f"({'|'.join(options)})")
        | st.tuples(inner, ends).map(lambda pair: f"(?:{pair[0]}){pair[1]}")
    )


patterns = st.recursive(atoms, larger, max_leaves=6) | st.lists(
    st.sampled_from(["a", "b", "ab", "ba", "a1"]), min_size=1, max_size=4, unique=True
).map("|".join)


def contract(kind: Any, limits: dict[str, Any]) -> Contract:
    document = {
        "type": "record", "name": "Sale", "namespace": "shop", "doc": "A sale.", "owner": "shop",
        "compatibility": "FULL", "topic": {"name": "sales", "key": ["f"], "partitions": 1},
        "fields": [{"name": "f", "type": kind, "doc": "A value.", **limits}],
    }  # fmt: skip
    return contract_of(Path("sale.avsc"), json.dumps(document), document)


def validator(version: Contract) -> Callable[[object], bool]:
    """Return a function that calls validate() of the version's generated dataclass."""
    module: dict[str, Any] = {"__name__": "sale"}
    exec(dataclasses.module(version), module)

    def accepts(value: object) -> bool:
        try:
            module["Sale"](f=value).validate()
        except ContractViolationError:
            return False
        return True

    return accepts
