"""Recognition of a file by its first bytes, not by its name."""

import re
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


READABLE = {
    b"\x1f\x8b": Kind.GZIP,
    b"BZh": Kind.BZIP2,
    b"\xfd7zXZ\x00": Kind.XZ,
    b"\x28\xb5\x2f\xfd": Kind.ZSTD,
    b"PAR1": Kind.PARQUET,
}
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
SHEETS = ("xl/workbook.xml", "xl/workbook.bin", "content.xml")
"""Members of the workbooks of Excel and OpenDocument."""
FOLDERS = {
    "word/": "a Word document",
    "ppt/": "a PowerPoint presentation",
    "Index/": "a document of Apple's Numbers, Pages or Keynote",
}
"""Folders in the documents of office programs."""
NO_TABLES: dict[bytes, str] = {
    b"%PDF": "a PDF document: export the table as CSV or as a workbook",
    b"{\\rtf": "an RTF document: export the table as CSV or as a workbook",
    b"\x89PNG": "an image (PNG): export the data, not a picture of it",
    b"\xff\xd8\xff": "an image (JPEG): export the data, not a picture of it",
    b"GIF8": "an image (GIF): export the data, not a picture of it",
}
REFUSED: dict[bytes, str] = {
    b"SQLite format 3\x00": "a SQLite database: export the table as CSV",
    b"Rar!": "a RAR archive: unpack it first",
    b"7z\xbc\xaf\x27\x1c": "a 7-Zip archive: unpack it first",
    b"\x09\x00\x04\x00": "an Excel 2 workbook: open it in a spreadsheet, save it as xlsx",
    b"\x09\x02\x06\x00": "an Excel 3 workbook: open it in a spreadsheet, save it as xlsx",
    b"\x09\x04\x06\x00": "an Excel 4 workbook: open it in a spreadsheet, save it as xlsx",
    b"Obj\x01": "an Avro file: convert it to Parquet or CSV",
    b"ARROW1": "an Arrow file: convert it to Parquet or CSV",
    b"\x04\x22\x4d\x18": "an LZ4 file: unpack it first",
    b"\x1f\x9d": "a file of `compress`: unpack it first",
    b"\x7fELF": "a program",
    b"\0\1\0\0Standard ": "an Access database: export the table as CSV",
}
MARKS = {
    b"\xef\xbb\xbf": "utf-8-sig",
    b"\xff\xfe\0\0": "utf-32",
    b"\0\0\xfe\xff": "utf-32",
    b"\xff\xfe": "utf-16",
    b"\xfe\xff": "utf-16",
}
"""Byte order marks, and the encodings that expect them."""
XML = r"<\?xml|<!|<[a-z][\w:.-]*[\s>]"
BLANK = b"\xef\xbb\xbf\xff\xfe\0 \t\r\n"
MARKUP: tuple[tuple[str, str], ...] = (
    (r"(<!--.*?-->|\s)*<(!doctype html|html|head|body|table|meta|div)\b", "an HTML page: {}"),
    (r"<\?xml[^>]*>\s*(<\?mso-application|<Workbook)", "an Excel 2003 XML workbook: {}"),
    (XML, "an XML document: {}"),
    (
        r"(UNA.{6}\s*)?UNB\+|ISA(\W)\d\d\2|EDI_DC40",
        "an EDI message: have its goods exported as CSV or a workbook",
    ),
    (r"(From|Return-Path|Received|MIME-Version): ", "an e-mail: save its attachment"),
)
SAVE = "open it in a spreadsheet, save it as CSV or xlsx"
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
    for magic, kind in READABLE.items():
        if start.startswith(magic):
            return kind
    if start.startswith(b"PK\x03\x04") or start.startswith(b"PK\x05\x06"):
        return Kind.ZIP
    if start.startswith(OLE):
        return Kind.WORKBOOK
    for magic, what in NO_TABLES.items():
        if start.startswith(magic):
            raise NoTableError(f"{name} is {what}.")
    for magic, what in REFUSED.items():
        if start.startswith(magic):
            raise UserError(f"{name} is {what}.")
    if start[257:262] == b"ustar":
        raise UserError(f"{name} is a tar archive: unpack it first.")
    return _kind_of_text(name, start)


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
    for folder, what in FOLDERS.items():
        if any(member.startswith(folder) for member in names):
            raise UserError(f"{name} is {what}: export the table as CSV or as a workbook.")
    return any(member in names for member in SHEETS)


def _kind_of_text(name: str, start: bytes) -> Kind:
    encoding = text_encoding(start, None)
    text = start.decode(encoding, "replace").lstrip()
    for pattern, what in MARKUP:
        if re.match(pattern, text, re.IGNORECASE | re.DOTALL):
            error = NoTableError if pattern == XML else UserError
            raise error(f"{name} is {what.format(SAVE)}.")
    if encoding.startswith("utf-8") and len(CONTROL.findall(start)) > MOST_CONTROL * len(start) + 1:
        raise UserError(
            f"{name} is a binary file of an unknown kind: a replay reads CSV, workbooks, JSON "
            "Lines and Parquet."
        )
    return Kind.JSON if re.match(r'\{\s*"|\[\s*\{|\{\s*\}', text) else Kind.TEXT
