"""Files that cannot be read, and what they are named for."""

import gzip
import json
import lzma

from tests.support.sales_files import objects, zipped
from tests.support.sales_text import (
    CSV,
)


def ole(*names: str) -> bytes:
    streams = b"".join(name.encode("utf-16-le").ljust(128, b"\0") for name in names)
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504) + streams


REFUSED: dict[str, tuple[bytes, str]] = {
    "nothing": (b"", "is empty"),
    "blanks": (b"\xef\xbb\xbf \r\n\r\n", "is empty"),
    "an empty file in a zip": (zipped({"a.csv": b""}), "a.csv is empty"),
    "no table in a zip": (
        zipped({"a.csv": b"", "b.pdf": b"%PDF-1.7"}),
        "Not read: .*a.csv is empty",
    ),
    "a damaged table in a zip": (
        zipped({"a.csv": CSV, "b.xlsx": ole("Root Entry", "EncryptedPackage")}),
        "b.xlsx is an Excel workbook that is password-protected",
    ),
    "excel 4": (b"\x09\x04\x06\x00\x00\x00\x10\x00", "an Excel 4 workbook: open it in"),
    "html": (b"<!DOCTYPE html><html><body><table><tr><td>Store", "an HTML page: open it in"),
    "html as xls": (b"\xef\xbb\xbf \n<TABLE border=1><tr>", "an HTML page"),
    "xml": (b'<?xml version="1.0"?><sales><line/></sales>', "an XML document"),
    "excel xml": (
        b'<?xml version="1.0"?>\n<?mso-application progid="Excel.Sheet"?>',
        "an Excel 2003",
    ),
    "edifact": (
        b"UNA:+.? 'UNB+UNOC:3+40:14+40:14+261126:1014+1'UNH+1+INVRPT:D:96A:UN'QTY+145:12'",
        "an EDI message: have its goods exported",
    ),
    "edifact without a service string": (b"UNB+UNOC:3+4012345000009:14+", "an EDI message"),
    "x12": (b"ISA*00*          *00*          *ZZ*A              *ZZ*B   ", "an EDI message"),
    "pdf": (b"%PDF-1.7\n%\xe2\xe3", "a PDF document"),
    "png": (b"\x89PNG\r\n\x1a\n\0\0", "an image"),
    "jpeg": (b"\xff\xd8\xff\xe0\0\x10JFIF", "an image"),
    "sqlite": (b"SQLite format 3\0" + bytes(84), "a SQLite database"),
    "rar": (b"Rar!\x1a\x07\0", "a RAR archive: unpack it"),
    "7z": (b"7z\xbc\xaf\x27\x1c\0\4", "a 7-Zip archive"),
    "tar": (b"sales.csv".ljust(257, b"\0") + b"ustar\x0000" + bytes(200), "a tar archive"),
    "word": (zipped({"word/document.xml": b"<w/>"}), "a Word document"),
    "numbers": (zipped({"Index/Document.iwa": b"\0\1"}), "a document of Apple's Numbers"),
    "access": (b"\0\1\0\0Standard Jet DB\0" + bytes(range(256)), "an Access database"),
    "protected": (
        ole("Root Entry", "EncryptedPackage"),
        "Excel workbook that is password-protected",
    ),
    "old word": (ole("Root Entry", "WordDocument"), "document of Microsoft Office"),
    "binary": (bytes(range(256)) * 4, "a binary file of an unknown kind"),
    "no parquet": (b"PAR1 no parquet", "a Parquet file that cannot be read"),
    "a cut gzip": (gzip.compress(CSV)[:-9], "cut off or damaged"),
    "a cut xz": (lzma.compress(CSV)[:-20], "cut off or damaged"),
    "a cut zip": (zipped({"a.csv": CSV})[:-30], "cut off or damaged"),
    "an empty zip": (zipped({}), "holds no file or sheet"),
    "json of one object": (b'{\n "orders": [\n {"a":\n 1}\n]}', "neither JSON Lines"),
    "a cut JSON list": (json.dumps(objects())[:-5].encode(), "JSON that is cut off or damaged"),
    "other columns": (b"a;b\n1;2\n", "has no column of the mapping .* its columns are: a, b"),
    "a column too few": (
        CSV.replace(b"SKU", b"Article"),
        "fields.sku .* 'SKU' is neither a column",
    ),
    "a column twice": (CSV.replace(b"Name", b"SKU"), r"its columns are: .*SKU \(1\), SKU \(2\)"),
}
