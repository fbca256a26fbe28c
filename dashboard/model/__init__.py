"""Immutable figures of a store, computed from the records of the read model."""
