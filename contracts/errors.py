"""A contract that cannot be used: which file, which line, why."""

from pathlib import Path

from connect.errors import UserError


class InvalidContractError(UserError):
    """What is wrong in a contract, with file and field. Nothing could be judged: exit code 2."""

    exit_code = 2

    def __init__(self, path: Path, what: str, line: int = 1) -> None:
        super().__init__(f"{label(path)}: {what}")
        self.path, self.line = path, line


def label(path: Path) -> str:
    """What a contract's file is called in messages; a released version by its place."""
    folder = path.parent
    if folder.parent.name == "released":
        return f"released/{folder.name}/{path.name}"
    return path.name
