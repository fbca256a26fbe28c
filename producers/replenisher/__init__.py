"""The supplier: sees what runs low, and delivers."""
