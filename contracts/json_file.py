"""Read contract files as JSON."""

import json
from pathlib import Path
from typing import Any

from contracts.errors import InvalidContractError
from contracts.source_location import line_at, repeated_attribute
from contracts.text_file import document_text

ESCAPE = "\\u"
"""Begins the number of a character, or of half of one, in JSON."""


def document_of(path: Path) -> tuple[str, Any]:
    """Return (text, parsed document) of a file. Raises InvalidContractError if it is not JSON."""
    text = document_text(path, "JSON")
    try:
        document = json.loads(text)
        if ESCAPE in text:
            json.dumps(document, ensure_ascii=False).encode()
    except json.JSONDecodeError as error:
        raise InvalidContractError(path, f"not readable as JSON: {error}.", error.lineno) from None
    except RecursionError:
        raise InvalidContractError(path, "not readable as JSON: nested too deeply.") from None
    except UnicodeEncodeError as error:
        half = f"\\u{ord(error.object[error.start]):04x}"
        line = line_at(text, text.lower().find(half))
        raise InvalidContractError(
            path, f"{half} is half of a character: write both halves, or the character.", line
        ) from None
    except ValueError as error:
        raise InvalidContractError(path, f"not readable as JSON: {error}.") from None
    if repeated := repeated_attribute(text):
        # JSON keeps the last one.
        what = f"the attribute {repeated[0]!r} is there twice in one object"
        raise InvalidContractError(path, f"not readable as JSON: {what}.", repeated[1])
    return text, document
