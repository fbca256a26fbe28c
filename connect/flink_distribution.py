"""The installed PyFlink, which is a Flink distribution."""

import importlib.util
from functools import lru_cache
from pathlib import Path

from connect.errors import UserError


@lru_cache(maxsize=1)
def flink_home() -> Path:
    """Return its folder. Raises UserError."""
    spec = importlib.util.find_spec("pyflink")
    if spec is None or not spec.submodule_search_locations:
        raise UserError("PyFlink is not installed: run `make up` from the project's folder.")
    return Path(spec.submodule_search_locations[0])


@lru_cache(maxsize=1)
def module_flags() -> list[str]:
    """Return the --add-opens and --add-exports that its own configuration lists."""
    key = "all:"
    for line in (flink_home() / "conf" / "config.yaml").read_text().splitlines():
        if line.strip().startswith(f"{key} --add"):
            return line.split(key, 1)[1].split()
    raise UserError(f"Flink's configuration in {flink_home()} lists no JVM options.")
