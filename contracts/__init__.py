"""Contracts and their life: read, checked against released versions, planned, applied, released."""
