"""Errors of contracts that are invalid or cannot be judged, and their file names."""

from pathlib import Path

from connect.errors import UserError


class InvalidContractError(UserError):
    """A contract is invalid; the message names file and field. Exit code 2."""

    exit_code = 2

    def __init__(self, path: Path, what: str, line: int = 1) -> None:
        super().__init__(f"{label(path)}: {what}")
        self.path, self.line = path, line


class NotJudgedError(UserError):
    """A schema or a base could not be read: exit code 2."""

    exit_code = 2


class NoContractsError(NotJudgedError):
    """A folder has no contracts."""

    def __init__(self, folder: Path) -> None:
        super().__init__(
            f"No contracts in {folder}: --schemas must name a folder with *.avsc files."
        )


def stem_of(path: Path) -> str:
    """Return the name of a contract, from its file or a released version's."""
    return path.parent.name if path.parent.parent.name == "released" else path.stem


def label(path: Path) -> str:
    """Return a contract's file name for messages; a released version as released/STEM/N.avsc."""
    folder = path.parent
    if folder.parent.name == "released":
        return f"released/{folder.name}/{path.name}"
    return path.name
