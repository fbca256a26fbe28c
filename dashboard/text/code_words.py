"""Words about codes that a scanner reads."""

from views.barcodes import codes, is_misread, is_of_a_store

WRONG_DIGIT = (
    " As an EAN or UPC code, its check digit is wrong: scan it again, or compare the digits."
)
OF_A_SCALE = (
    " It is a code that a store or a scale prints, often with the weight or price in it: type the "
    "product's name or its own code."
)


def doubt(code: str) -> str:
    """Return the second sentence on a code that no product has; "" for none."""
    code = code.strip()
    if is_misread(code):
        return WRONG_DIGIT
    if is_of_a_store(code):
        return OF_A_SCALE
    return ""


def code_words(sku: str, barcodes: str | None) -> str:
    """Name a product by its codes: "SKU milk, barcode 4006381333931"."""
    held = codes(barcodes)
    if not held:
        return f"SKU {sku}"
    return f"SKU {sku}, barcode{'s' if len(held) > 1 else ''} {', '.join(held)}"
