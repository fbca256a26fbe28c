"""The JSON of a contract's file."""

import json
from pathlib import Path
from typing import Any

from contracts.errors import InvalidContractError


def document_of(path: Path) -> tuple[str, Any]:
    """(text, what it says) of a file. Raises InvalidContractError for what is no JSON."""
    try:
        text = path.read_text("utf-8")
        return text, json.loads(text, object_pairs_hook=_once)
    except json.JSONDecodeError as error:
        raise InvalidContractError(path, f"not readable as JSON: {error}.", error.lineno) from None
    except OSError as error:
        raise InvalidContractError(path, f"not readable: {error.strerror}.") from None
    except RecursionError:
        raise InvalidContractError(path, "not readable as JSON: nested too deep.") from None
    except ValueError as error:
        raise InvalidContractError(path, f"not readable as JSON: {error}.") from None


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object whose every attribute is there once; JSON itself would let the last one win."""
    made = dict(pairs)
    if len(made) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise ValueError(f"the attribute {twice!r} is there twice in one object")
    return made
