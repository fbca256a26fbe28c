"""Statements of the generated from_avro() methods.

What nearly every record has is read without a call: strings of up to 63 bytes and small numbers.
"""

from contracts.contract import Field

ONE_CALL = {
    "long": "decode.long",
    "boolean": "decode.boolean",
    "bytes": "decode.octets",
    "timestamp-millis": "decode.time",
}


def constants(field: Field) -> list[str]:
    """Render the module constants that the statements of a field use."""
    if field.type.logical == "decimal":
        return [f"_{field.name.upper()}_READ = decode.decimal({field.type.scale})"]
    return []


def setter(field: Field) -> str:
    """Return the name of the function that fills a field."""
    return f"_put_{field.name}"


def statements(field: Field) -> list[str]:
    """Render the statements that read a field at the position `at` and move it on."""
    read = [*_value(field), f"{setter(field)}(record, value)"]
    if not field.nullable:
        return read
    return [
        "if data[at] == 0:",
        "    at += 1",
        f"    {setter(field)}(record, None)",
        "else:",
        "    at = decode.second_branch(data, at)",
        *[f"    {line}" for line in read],
    ]


def _value(field: Field) -> list[str]:
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
        case "decimal":
            return [f"value, at = _{field.name.upper()}_READ(data, at)"]
        case other:
            return [f"value, at = {ONE_CALL[other]}(data, at)"]
