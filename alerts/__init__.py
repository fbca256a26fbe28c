"""Alerts for stores: what Today lists, and figures that stand still, as messages."""
