"""Recognition of a file by its first bytes, not by its name."""

import re
import tomllib
from enum import Enum, auto
from pathlib import Path
from zipfile import BadZipFile, ZipFile

from connect.errors import UserError
from producers.replay.twice_encoded import PREFIX

START = 1 << 16


class NoTableError(UserError):
    """A file that holds no table: beside others in an archive, it is not read."""


class Kind(Enum):
    """A kind of file that can be read."""

    GZIP = auto()
    BZIP2 = auto()
    XZ = auto()
    ZSTD = auto()
    ZIP = auto()
    PARQUET = auto()
    WORKBOOK = auto()
    JSON = auto()
    TEXT = auto()


KINDS: dict[str, dict[str, str]] = tomllib.loads(
    Path(__file__).with_name("file_kinds.toml").read_text(encoding="utf-8")
)
MARKS = {mark.encode("latin-1"): encoding for mark, encoding in KINDS["marks"].items()}
"""Byte order marks, and the encodings that expect them."""
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
SHEETS = ("xl/workbook.xml", "xl/workbook.bin", "content.xml")
"""Members of the workbooks of Excel and OpenDocument."""
BLANK = b"\xef\xbb\xbf\xff\xfe\0 \t\r\n"
NULS = 0.3
"""Share of the bytes of one parity that are NUL in UTF-16 text of any alphabet with digits."""
CONTROL = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]")
MOST_CONTROL = 0.02
"""Share of control characters above which a file is not text."""


def start_of(path: Path) -> bytes:
    """Return the first bytes of a file."""
    with path.open("rb") as file:
        return file.read(START)


def kind_of(name: str, start: bytes) -> Kind:
    """Return the kind of a file of that start. Raises UserError that says what it is otherwise."""
    if not start or (len(start) < START and not start.strip(BLANK)):
        raise NoTableError(f"{name} is empty: there is nothing to replay.")
    first = start.decode("latin-1")
    if kind := _of_start(first, "readable"):
        return Kind[kind]
    if what := _of_start(first, "no_table"):
        raise NoTableError(f"{name} is {what}.")
    if what := _of_start(first, "refused"):
        raise UserError(f"{name} is {what}.")
    if start[257:262] == b"ustar":
        raise UserError(f"{name} is a tar archive: unpack it first.")
    return _kind_of_text(name, start)


def _of_start(first: str, table: str) -> str:
    """Return the words or the kind that a table has for the first characters; "" if none."""
    return next((what for magic, what in KINDS[table].items() if first.startswith(magic)), "")


def text_encoding(start: bytes, named: str | None) -> str:
    """Return the encoding of text. What its bytes show is more certain than what a mapping says."""
    for mark, encoding in MARKS.items():
        if start.startswith(mark):
            is_twice = encoding == "utf-8-sig" and named and named.startswith(PREFIX)
            return named if named and is_twice else encoding
    return _utf16(start) or ("utf-16-le" if named == "utf-16" else named) or "utf-8"


def _utf16(start: bytes) -> str | None:
    """Return the encoding of text in UTF-16 without a byte order mark; None for other text."""
    pairs = len(start) // 2
    first, second = start[: pairs * 2 : 2].count(0), start[1 : pairs * 2 : 2].count(0)
    if second > NULS * pairs and second > 10 * first:
        return "utf-16-le"
    return "utf-16-be" if first > NULS * pairs and first > 10 * second else None


def is_workbook(name: str, path: Path) -> bool:
    """Tell a workbook from other zip archives. Raises UserError for other documents."""
    try:
        with ZipFile(path) as archive:
            names = archive.namelist()
    except (BadZipFile, OSError, ValueError):
        return False
    for folder, what in KINDS["folders"].items():
        if any(member.startswith(folder) for member in names):
            raise UserError(f"{name} is {what}: export the table as CSV or as a workbook.")
    return any(member in names for member in SHEETS)


def _kind_of_text(name: str, start: bytes) -> Kind:
    encoding = text_encoding(start, None)
    text = start.decode(encoding, "replace").lstrip()
    for table, error in (("refused_text", UserError), ("no_table_text", NoTableError)):
        for pattern, what in KINDS[table].items():
            if re.match(pattern, text, re.IGNORECASE | re.DOTALL):
                raise error(f"{name} is {what}.")
    if encoding.startswith("utf-8") and len(CONTROL.findall(start)) > MOST_CONTROL * len(start) + 1:
        raise UserError(
            f"{name} is a binary file of an unknown kind: a replay reads CSV, workbooks, JSON "
            "Lines and Parquet."
        )
    return Kind.JSON if re.match(r'\{\s*"|\[\s*\{|\{\s*\}', text) else Kind.TEXT
