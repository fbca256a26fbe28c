"""Whether a contract's new version can hurt those who still read or write an older one."""

from contracts.compatibility.released import findings, is_released, released

__all__ = ["findings", "is_released", "released"]
