"""Encodings such as "twice-cp1252": UTF-8 that was taken for another one, and saved as UTF-8.

"Käse" is then "KÃ¤se". A cell is read so only if all of it is such text.
"""

import codecs
import re
from typing import Any

PREFIX = "twice-"
TAKEN_FOR = {
    # A byte without a letter is what Windows makes of it.
    each: codecs.charmap_build(
        "".join(bytes([n]).decode(each, "ignore") or chr(n) for n in range(256))
    )
    for each in ("cp1252", "mac_roman", "cp850", "cp437")
}
"""Encodings for which programs take UTF-8, the most probable first, and their bytes by letter."""
RIGHT = re.compile(
    "(?:[\x00-\x7f\u00a0-\u017f\u0218-\u021b\u0300-\u0328\u2010-\u2026\u20ac\u2122\ufeff]++"
    "|[\u0370-\u1fff\u3040-\ud7ff\uf900-\ufefe]{2,}+)*+"
)
"""Text of words. One letter of another script is an accident, such as of "Ø" before a blank."""
CELL = re.compile('[^\r\n\t,;|"]+')
LONGEST = 1 << 20
"""Bytes of a line that are read as one."""


def _once(text: str, encoding: str) -> str:
    """Return a text as it was before it was taken for an encoding; any other text as it is."""
    if text.isascii():
        return text
    try:
        plain = codecs.charmap_encode(text, "strict", TAKEN_FOR[encoding])[0].decode("utf-8")
    except UnicodeError:
        return text
    return plain if RIGHT.fullmatch(plain) else text


def utf_8_or_twice(text: str) -> str:
    """Return the encoding of text in UTF-8: UTF-8, or the one that most cells were encoded by."""
    cells = [cell for cell in CELL.findall(text) if not cell.isascii()]
    counts = {PREFIX + each: sum(_once(cell, each) != cell for cell in cells) for each in TAKEN_FOR}
    return max(counts, key=counts.__getitem__) if any(counts.values()) else "utf-8"


def _codec(name: str) -> codecs.CodecInfo | None:
    """Return the codec of a name, as Python looks codecs up."""
    encoding = name.removeprefix("twice_")
    if encoding == name or encoding not in TAKEN_FOR:
        return None

    def decode(data: Any, errors: str = "strict") -> tuple[str, int]:
        text = bytes(data).decode("utf-8-sig", errors)
        return CELL.sub(lambda cell: _once(cell[0], encoding), text), len(data)

    class Decoder(codecs.BufferedIncrementalDecoder):
        def _buffer_decode(self, data: Any, errors: str, final: bool) -> tuple[str, int]:
            lines = max(data.rfind(b"\n"), data.rfind(b"\r")) + 1
            return decode(data if final or len(data) > LONGEST else data[:lines], errors)

    return codecs.CodecInfo(
        codecs.utf_8_encode, decode, incrementaldecoder=Decoder, name=PREFIX + encoding
    )


codecs.register(_codec)
