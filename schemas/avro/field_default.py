"""Default of a contract's field, as its records hold it."""

from typing import Any

from schemas.avro import decode
from schemas.avro.decode import INT, LONG
from schemas.avro.encode import EPOCH, MILLISECOND
from schemas.record import Field

INTEGERS = {"int": INT, "long": LONG}


def default_value(field: Field) -> Any:
    """Convert the default from its JSON. Raises ValueError when it is no value of the type."""
    default = field.default
    match field.type, default:
        case _, None if field.nullable:
            return None
        case ("string", str()) | ("boolean", bool()):
            return default
        case "bytes", str():
            return default.encode("latin-1")
        case "decimal", str():
            return decode.decimal_value(default.encode("latin-1"), field.scale)
        case "timestamp-millis", int() if type(default) is int and default in LONG:
            try:
                return EPOCH + default * MILLISECOND
            except OverflowError:
                raise ValueError("a time outside of the years 1 to 9999") from None
        case "int" | "long", int() if type(default) is int and default in INTEGERS[field.type]:
            return default
    raise ValueError(f"{default!r} is no {field.type}")
