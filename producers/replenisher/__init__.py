"""The live supplier: orders what runs low, and delivers it."""
