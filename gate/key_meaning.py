"""The fields that a message key names, in whichever form a producer writes them."""

from schemas.avro import encode
from schemas.wire import HEADER, MAGIC

ID_SIZES = (HEADER.size, 0, 9)
"""Bytes before an Avro key: a magic byte with an id of 4 bytes or of 8, or none."""
SEPARATORS = ("|", ":", "/", ",", ";", "-", "_", ".", "#", " ", "\t")


def says(key: bytes | None, right: bytes, fields: tuple[object, ...]) -> bool:
    """Check that a key names the fields of its record, or none.

    right: the record's own key in Avro, without a header. The schema of the key does not matter:
    equal bytes name equal fields. Text is the fields in their order, with one separator between.
    """
    if not key:
        return True
    for size in ID_SIZES:
        if key[size:] == right and (size == 0 or key[0] == MAGIC):
            return True
    text = key[HEADER.size :] if key[0] == MAGIC else encode.data(key)
    parts = [str(field) for field in fields]
    return any(text == encode.text(separator.join(parts)) for separator in SEPARATORS)


def key_sentence(key: bytes | None, fields: tuple[object, ...]) -> str:
    """Describe a key that names something else."""
    actual = key[HEADER.size :] if key and key[0] == MAGIC else key
    return f"expected the key of {', '.join(map(repr, fields))}, or none, got {actual!r}"
