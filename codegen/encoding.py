"""Expressions of the generated to_avro() and key_to_avro() methods."""

from contracts.contract import Field


def expression(field: Field) -> str:
    """Render the expression of a field's bytes; a union begins with the number of the branch."""
    value = f"self.{field.name}"
    match field.type.logical:
        case "string":
            encoded = f"encode.text({value})"
        case "int" | "long":
            encoded = f"encode.varint({value})"
        case "decimal":
            encoded = f"encode.decimal({value}, {field.type.scale})"
        case "timestamp-millis":
            encoded = f"encode.time({value})"
        case "bytes":
            encoded = f"encode.data({value})"
        case _:
            encoded = f"encode.boolean({value})"
    if field.nullable:
        return f'(b"\\x00" if {value} is None else b"\\x02" + {encoded})'
    return encoded
