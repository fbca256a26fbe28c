"""Definition of a service's process: command, ports, logs and health check."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

PROJECT = Path(__file__).parent.parent
"""The checkout; the working directory of every process."""


@dataclass(frozen=True, slots=True)
class Port:
    """A port on which a process listens, and the setting that moves it."""

    number: int
    use: str
    """The listener, as error messages name it."""
    moved_by: str
    """The environment variable that sets it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Process:
    """A long-running process under the supervisor."""

    name: str
    """The service's name in commands and logs."""
    title: str
    """The service's name in messages."""
    command: list[str]
    """Program and arguments."""
    environment: Mapping[str, str] = field(default_factory=dict)
    """Variables beside those of all services. No secrets: other users may see them."""
    address: str = ""
    """Address for users and clients; empty if there is none."""
    status_port: int = 0
    """Port of its health and metrics; 0 if it serves none."""
    ports: list[Port] = field(default_factory=list)
    """The ports that must be free before a start."""
    logs: list[str] = field(default_factory=list)
    """Names or patterns of its files in the log folder; empty: `<name>.log`."""
    prepare: Callable[[], None] = lambda: None
    """Writes the configuration; called before every start."""
    healthy: Callable[[], bool] = lambda: True
    """The health check; must return within a few seconds and never raise."""
    patience: float = 300.0
    """Time limit for becoming healthy, in seconds."""
    base: bool = False
    """True for infrastructure: starts before the other services and stops after them."""
    stop_seconds: int = 15
    """Seconds between SIGTERM and SIGKILL."""

    def log_files(self, folder: Path) -> list[Path]:
        """The existing log files."""
        patterns = self.logs or [f"{self.name}.log"]
        return [file for pattern in patterns for file in sorted(folder.glob(pattern))]
