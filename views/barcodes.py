"""Barcodes of products, and the forms in which a scanner or a file writes the same one."""

GTIN_DIGITS = 14
GTIN_LENGTHS = (8, 12, 13, GTIN_DIGITS)
"""Digits of EAN-8, UPC-A, EAN-13 and GTIN-14, which are one number with leading zeros."""
SHORT_DIGITS = 8
"""Digits of an EAN-8, and of a UPC-E, in which a UPC-A is printed without its row of zeros."""
IN_STORE = ("02", "04", *(str(number) for number in range(20, 30)))
"""First digits of an EAN-13 that a store gives itself; those of a UPC-A begin with 2 or 4."""


def codes(barcodes: str | None) -> list[str]:
    """Return the codes of the contract's field."""
    return (barcodes or "").split()


def is_gtin(code: str) -> bool:
    """Return True for a number that may be an EAN, UPC or GTIN, by its length."""
    return len(code) in GTIN_LENGTHS and code.isascii() and code.isdigit()


def forms(code: str) -> tuple[str, ...]:
    """Return the forms of a code, of which equal codes have one in common.

    14 digits of a GTIN, others in lower case. What may be an EAN-8 or a UPC-E has two forms.
    """
    plain = code.zfill(GTIN_DIGITS) if is_gtin(code) else code.lower()
    expanded = _expanded(code)
    return (plain, expanded.zfill(GTIN_DIGITS)) if expanded else (plain,)


def is_of_a_store(code: str) -> bool:
    """Return True for a GTIN that a store gives itself, often with a weight or price in it."""
    return is_gtin(code) and len(code) > SHORT_DIGITS and code.zfill(13)[-13:].startswith(IN_STORE)


def check_digit(digits: str) -> int:
    """Return the digit that follows the others of a GTIN: weights 3 and 1, from the right."""
    total = sum(int(digit) * (1 if place % 2 else 3) for place, digit in enumerate(digits[::-1]))
    return -total % 10


def is_misread(code: str) -> bool:
    """Return True for a GTIN with a wrong check digit."""
    return is_gtin(code) and not _is_right(code) and _expanded(code) is None


def _is_right(code: str) -> bool:
    return check_digit(code[:-1]) == int(code[-1])


def _expanded(code: str) -> str | None:
    """Return the UPC-A of a UPC-E, whose check digit is that of the UPC-A; None for other codes."""
    if len(code) != SHORT_DIGITS or not is_gtin(code) or code[0] not in "01":
        return None
    number, last = code[1:6], code[6]
    match last:
        case "0" | "1" | "2":
            digits = f"{number[:2]}{last}0000{number[2:]}"
        case "3":
            digits = f"{number[:3]}00000{number[3:]}"
        case "4":
            digits = f"{number[:4]}00000{number[4:]}"
        case _:
            digits = f"{number}0000{last}"
    expanded = f"{code[0]}{digits}{code[-1]}"
    return expanded if _is_right(expanded) else None
