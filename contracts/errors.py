"""The error of an invalid contract."""

from pathlib import Path

from connect.errors import UserError


class InvalidContractError(UserError):
    """A contract is invalid; the message names file and field. Exit code 2."""

    exit_code = 2

    def __init__(self, path: Path, what: str, line: int = 1) -> None:
        super().__init__(f"{label(path)}: {what}")
        self.path, self.line = path, line


def label(path: Path) -> str:
    """Return a contract's file name for messages; a released version as released/STEM/N.avsc."""
    folder = path.parent
    if folder.parent.name == "released":
        return f"released/{folder.name}/{path.name}"
    return path.name
