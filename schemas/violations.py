"""Messages for contract violations.

The generated validate() methods test the values; these functions build the errors, so that
only bad values pay for a message.
"""

from collections.abc import Callable
from decimal import Decimal
from typing import cast

from schemas.avro.encode import EXACT, UNITS


class ContractViolationError(ValueError):
    """A value that its contract does not allow; the message has the expected and the actual value.

    field: name of the field; show: writes the value.
    """

    def __init__(
        self, field: str, expected: str, value: object, show: Callable[[object], str] = repr
    ) -> None:
        try:
            shown = show(value)
        except ValueError:  # Python writes no int of more than 4,300 digits
            shown = f"a number of {cast(int, value).bit_length()} bits"
        if len(shown) > 80:
            shown = shown[:77] + "..."
        super().__init__(f"{field}: expected {expected}, got {shown}")
        self.field = field


def text(field: str, value: object, shortest: int, longest: int | None) -> ContractViolationError:
    size = f"{shortest} or more" if longest is None else f"{shortest} to {longest}"
    return ContractViolationError(field, f"text of {size} characters", value)


def identifier(field: str, value: object) -> ContractViolationError:
    return ContractViolationError(
        field,
        "an identifier (Unicode NFC, no control or invisible characters, no white space at its "
        "ends)",
        value,
        ascii,
    )


def pattern(field: str, value: object, regex: str) -> ContractViolationError:
    return ContractViolationError(field, f"text that matches {regex}", value)


def integer(field: str, value: object, minimum: int, maximum: int) -> ContractViolationError:
    return ContractViolationError(field, f"a whole number (int) from {minimum} to {maximum}", value)


def decimal_fits(value: object, scale: int) -> bool:
    """Check that a value is a finite Decimal of at most `scale` digits after the point."""
    return (
        type(value) is Decimal
        and value.is_finite()
        and EXACT.quantize(value, UNITS[scale]) == value
    )


def decimal(
    field: str, value: object, precision: int, scale: int, minimum: Decimal | None
) -> ContractViolationError:
    bound = "" if minimum is None else f", {minimum} or more"
    return ContractViolationError(
        field,
        f"a finite Decimal of at most {precision - scale} digits before the point "
        f"and {scale} after it{bound}",
        value,
    )


def time(field: str, value: object) -> ContractViolationError:
    return ContractViolationError(
        field, "a datetime with a time zone and no fraction of a millisecond", value
    )


def data(field: str, value: object) -> ContractViolationError:
    return ContractViolationError(field, "bytes", value)


def boolean(field: str, value: object) -> ContractViolationError:
    return ContractViolationError(field, "True or False", value)
