"""Immutable observations and figures of the pages."""
