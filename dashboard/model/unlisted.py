"""Words for products that are not in the catalogue."""

NO_NAME = "(not in the catalogue)"
"""Name and category of a product that is not in it."""
