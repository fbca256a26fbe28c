"""Words about codes that a scanner reads."""

from views.barcodes import codes, is_misread


def doubt(code: str) -> str:
    """Return the second sentence on a code that no product has; "" for none."""
    if not is_misread(code.strip()):
        return ""
    return " As an EAN or UPC code, its check digit is wrong: scan it again, or compare the digits."


def code_words(sku: str, barcodes: str | None) -> str:
    """Name a product by its codes: "SKU milk, barcode 4006381333931"."""
    held = codes(barcodes)
    if not held:
        return f"SKU {sku}"
    return f"SKU {sku}, barcode{'s' if len(held) > 1 else ''} {', '.join(held)}"
