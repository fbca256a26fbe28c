"""Read TOML files that people write."""

import re
import tomllib
from pathlib import Path
from typing import Any

from contracts.errors import InvalidContractError
from contracts.text_file import document_text

PLACE = re.compile(r"\(at line (\d+)")
"""Place in a message of tomllib; without it the error is at the end of the document."""


def document_of(path: Path) -> tuple[str, dict[str, Any]]:
    """Return (text, parsed document) of a file.

    Raises InvalidContractError with the line.
    """
    text = document_text(path, "TOML")
    try:
        return text, tomllib.loads(text)
    except RecursionError:
        raise InvalidContractError(path, "not readable as TOML: nested too deeply.") from None
    except ValueError as error:
        place = PLACE.search(str(error))
        line = int(place[1]) if place else text.rstrip().count("\n") + 1
        raise InvalidContractError(path, f"not readable as TOML: {error}.", line) from None


def is_document(text: str) -> bool:
    """Return True for text that is TOML by itself, such as what stands before a table."""
    try:
        tomllib.loads(text)
    except (ValueError, RecursionError):
        return False
    return True
