"""Where the job's checkpoints are, and which one a restarted job continues from.

State belongs to the operators that made it: each shape of the job has a folder of its own. A job
that does something else thus finds no checkpoint and rebuilds its state from the topics, which
keep every event.
"""

import hashlib
from pathlib import Path
from urllib.parse import unquote, urlparse

from connect.settings import Settings
from flink import udf_jar


def folder(settings: Settings, shape: str) -> str:
    """URL of the folder for checkpoints of a job; shape: see flink.state_signature."""
    digest = hashlib.sha256(shape.encode())
    for file in udf_jar.sources():
        digest.update(file.read_bytes())
    chosen = (settings.state_backend, settings.delivery, settings.time_zone, settings.gate)
    digest.update(" ".join(chosen).encode())
    return f"{settings.checkpoint_url}/{digest.hexdigest()[:16]}"


def newest(folder_url: str) -> str | None:
    """URL of the newest complete checkpoint below a folder; None when there is none.

    A folder that is not on this machine's disk is not looked into: there the cluster keeps
    the job, and its own high availability continues it.
    """
    url = urlparse(folder_url)
    if url.scheme != "file":
        return None
    complete = Path(unquote(url.path)).glob("*/chk-*/_metadata")
    newest_first = sorted(complete, key=lambda file: file.stat().st_mtime, reverse=True)
    return newest_first[0].parent.as_uri() if newest_first else None
