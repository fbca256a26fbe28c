"""Versions of the contracts, from the files in schemas/released/.

This module imports the standard library only: the build of the package runs it by its path.
"""

from pathlib import Path

PROJECT = "0.1"
"""Version of the project: of its tool, and of the form of what it generates."""
RELEASED = Path(__file__).parent.parent / "schemas" / "released"


def newest(released: Path, stem: str) -> int:
    """Return the number of a contract's newest released version; 0 if none is released."""
    return max(
        (int(path.stem) for path in _versions(released) if path.parent.name == stem), default=0
    )


def set_version(released: Path = RELEASED) -> str:
    """Return the version of all contracts together: the project's, then the number of releases.

    Each release raises it, and no released version is ever removed.
    """
    return f"{PROJECT}.{len(_versions(released))}"


def _versions(released: Path) -> list[Path]:
    return [path for path in released.glob("*/*.avsc") if path.stem.isdecimal()]
