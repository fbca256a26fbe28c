"""Read the text of a file that people write."""

from pathlib import Path

BYTE_ORDER_MARK = "\ufeff"


def text_of(path: Path) -> str:
    """Return a file's text. Raises OSError, and ValueError unless it is plain UTF-8."""
    content = path.read_bytes()
    try:
        text = content.decode()
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise ValueError(
            f"line {line} has the byte {content[error.start]:02x}, which is not UTF-8: save the "
            "file as UTF-8"
        ) from None
    if text.startswith(BYTE_ORDER_MARK):
        raise ValueError(
            "the file begins with a byte order mark: save it as UTF-8 without one (some editors "
            "call that UTF-8 without BOM)"
        )
    return text
