"""Compatibility of a contract with its released versions."""

from contracts.compatibility.released_versions import findings, is_released, released

__all__ = ["findings", "is_released", "released"]
