"""What the stack knows of one process: its command, its ports, and how to tell it is well."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

PROJECT = Path(__file__).parent.parent
"""The checkout: every process starts in it."""


@dataclass(frozen=True, slots=True)
class Port:
    """A port on which a process listens, and the setting that moves it."""

    number: int
    use: str
    moved_by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Process:
    """One long-running process."""

    name: str
    title: str
    command: list[str]
    address: str = ""
    """What a user opens or configures; empty when there is nothing."""
    ports: list[Port] = field(default_factory=list)
    logs: list[str] = field(default_factory=list)
    """Names or patterns of its files in the logs folder; empty: `<name>.log`."""
    prepare: Callable[[], None] = lambda: None
    """Writes what the process needs before it starts; called before every start."""
    healthy: Callable[[], bool] = lambda: True
    """Whether it does its work; must answer within a few seconds and never raise."""
    patience: float = 60.0
    """Seconds it may take to become healthy."""
    base: bool = False
    """Whether the others need it: then it starts before them and stops after them."""
    stop_seconds: int = 15
    """Time to end by itself after SIGTERM, before SIGKILL."""

    def log_files(self, folder: Path) -> list[Path]:
        """Its log files that exist."""
        patterns = self.logs or [f"{self.name}.log"]
        return [file for pattern in patterns for file in sorted(folder.glob(pattern))]
