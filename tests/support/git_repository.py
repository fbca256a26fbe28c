"""Commands of Git in a repository of a test."""

import os
import subprocess
from pathlib import Path

IDENTITY = ("-c", "user.name=a", "-c", "user.email=a@example.com")


def git(folder: Path, *arguments: str) -> str:
    """Run a command, without the variables of a hook; return its output."""
    environment = {name: value for name, value in os.environ.items() if name[:4] != "GIT_"}
    command = ["git", *IDENTITY, *arguments]
    return subprocess.run(
        command, cwd=folder, check=True, capture_output=True, text=True, env=environment
    ).stdout


def commit(folder: Path) -> None:
    """Commit all changes below a folder."""
    git(folder, "add", "--all", ".")
    git(folder, "commit", "--quiet", "--message", "change")
