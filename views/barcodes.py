"""Barcodes of products, and the forms in which a scanner or a file writes the same one."""

GTIN_DIGITS = 14
GTIN_LENGTHS = (8, 12, 13, GTIN_DIGITS)
"""Digits of EAN-8, UPC-A, EAN-13 and GTIN-14, which are one number with leading zeros."""


def codes(barcodes: str | None) -> list[str]:
    """Return the codes of the contract's field."""
    return (barcodes or "").split()


def is_gtin(code: str) -> bool:
    """Return True for a number that may be an EAN, UPC or GTIN, by its length."""
    return len(code) in GTIN_LENGTHS and code.isascii() and code.isdigit()


def comparable(code: str) -> str:
    """Return the form in which equal codes are equal: 14 digits of a GTIN, others in lower case."""
    return code.zfill(GTIN_DIGITS) if is_gtin(code) else code.lower()


def check_digit(digits: str) -> int:
    """Return the digit that follows the others of a GTIN: weights 3 and 1, from the right."""
    total = sum(int(digit) * (1 if place % 2 else 3) for place, digit in enumerate(digits[::-1]))
    return -total % 10


def is_misread(code: str) -> bool:
    """Return True for a GTIN with a wrong check digit."""
    return is_gtin(code) and check_digit(code[:-1]) != int(code[-1])
