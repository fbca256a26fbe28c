"""Read contract files as JSON."""

import json
from pathlib import Path
from typing import Any

from contracts.errors import InvalidContractError
from contracts.text_file import text_of

ESCAPE = "\\u"
"""Begins the number of a character, or of half of one, in JSON."""


def document_of(path: Path) -> tuple[str, Any]:
    """Return (text, parsed document) of a file. Raises InvalidContractError if it is not JSON."""
    try:
        text = text_of(path)
        document = json.loads(text, object_pairs_hook=_unique)
        if ESCAPE in text:
            json.dumps(document, ensure_ascii=False).encode()
    except json.JSONDecodeError as error:
        raise InvalidContractError(path, f"not readable as JSON: {error}.", error.lineno) from None
    except OSError as error:
        raise InvalidContractError(path, f"not readable: {error.strerror}.") from None
    except RecursionError:
        raise InvalidContractError(path, "not readable as JSON: nested too deeply.") from None
    except UnicodeEncodeError as error:
        half = f"\\u{ord(error.object[error.start]):04x}"
        raise InvalidContractError(
            path, f"{half} is half of a character: write both halves, or the character."
        ) from None
    except ValueError as error:
        raise InvalidContractError(path, f"not readable as JSON: {error}.") from None
    return text, document


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Build an object; raise ValueError for a repeated attribute, of which JSON keeps the last."""
    members = dict(pairs)
    if len(members) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise ValueError(f"the attribute {twice!r} is there twice in one object")
    return members
