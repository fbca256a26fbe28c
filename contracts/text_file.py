"""Read the text of a file that people write."""

from pathlib import Path

from contracts.errors import InvalidContractError

BYTE_ORDER_MARK = "\ufeff"


class NotTextError(ValueError):
    """A file that is no plain UTF-8; `line` is the place, from 1."""

    def __init__(self, what: str, line: int = 1) -> None:
        super().__init__(what)
        self.line = line


def document_text(path: Path, kind: str) -> str:
    """Return the text of a file that is to be of a kind, such as JSON.

    Raises InvalidContractError with the line.
    """
    try:
        return text_of(path)
    except OSError as error:
        raise InvalidContractError(path, f"not readable: {error.strerror}.") from None
    except NotTextError as error:
        raise InvalidContractError(path, f"not readable as {kind}: {error}.", error.line) from None


def text_of(path: Path) -> str:
    """Return a file's text. Raises OSError, and NotTextError unless it is plain UTF-8."""
    content = path.read_bytes()
    try:
        text = content.decode()
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise NotTextError(
            f"line {line} has the byte {content[error.start]:02x}, which is not UTF-8: save the "
            "file as UTF-8",
            line,
        ) from None
    if text.startswith(BYTE_ORDER_MARK):
        raise NotTextError(
            "the file begins with a byte order mark: save it as UTF-8 without one (some editors "
            "call that UTF-8 without BOM)"
        )
    return text
