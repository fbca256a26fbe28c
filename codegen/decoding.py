"""Statements of the generated from_avro() methods.

What nearly every record has is read without a call: strings of up to 63 bytes and small numbers.
"""

from contracts.contract import Field

READERS = {
    "string": "decode.text",
    "int": "decode.integer",
    "long": "decode.long",
    "boolean": "decode.boolean",
    "bytes": "decode.octets",
    "timestamp-millis": "decode.time",
}


def constants(field: Field) -> list[str]:
    """Render the module constants that the statements of a field use."""
    if not field.nullable and field.type.logical != "decimal":
        return []
    read = READERS.get(field.type.logical, f"decode.decimal({field.type.scale})")
    if field.nullable:
        read = f"decode.union((decode.nothing, {read}))"
    return [f"{_constant(field)} = {read}"]


def setter(field: Field) -> str:
    """Return the name of the function that fills a field."""
    return f"_put_{field.name}"


def statements(field: Field) -> list[str]:
    """Render the statements that read a field at the position `at` and move it on."""
    return [*_value(field), f"{setter(field)}(record, value)"]


def _value(field: Field) -> list[str]:
    if constants(field):
        return [f"value, at = {_constant(field)}(data, at)"]
    match field.type.logical:
        case "string":
            return [
                "size = data[at]",
                "if size & 129:",
                "    value, at = decode.text(data, at)",
                "else:",
                "    start, at = at + 1, at + 1 + (size >> 1)",
                "    value = data[start:at].decode()",
            ]
        case "int":
            return [
                "byte = data[at]",
                "if byte & 128:",
                "    value, at = decode.integer(data, at)",
                "else:",
                "    value, at = (byte >> 1) ^ -(byte & 1), at + 1",
            ]
        case other:
            return [f"value, at = {READERS[other]}(data, at)"]


def _constant(field: Field) -> str:
    return f"_{field.name.upper()}_READ"
