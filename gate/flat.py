"""Whether a schema is as every version of a contract is: one record of simple fields.

Types within types can be as deep and as long as a sender likes: a few bytes may say that there are
billions of nulls, and Java counts them all.
"""

import json
from typing import Any

SIMPLE = {"null", "boolean", "int", "long", "float", "double", "bytes", "string", "enum", "fixed"}


def is_flat(text: str) -> bool:
    """Also true of what is no schema: who reads it says why."""
    try:
        fields = json.loads(text)["fields"]
        return all(_is_simple(field["type"]) for field in fields)
    except (ValueError, TypeError, KeyError, RecursionError):
        return True


def _is_simple(kind: Any) -> bool:
    if isinstance(kind, list):
        return all(_is_simple(branch) for branch in kind)
    name = kind.get("type") if isinstance(kind, dict) else kind
    return isinstance(name, str) and name in SIMPLE
