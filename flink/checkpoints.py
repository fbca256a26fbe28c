"""The folder of the job's checkpoints, and the one from which a job resumes.

State fits only the operators that wrote it, so each state signature has its own folder. A changed
job finds no checkpoint there and rebuilds its state from the topics, which keep every event.
"""

import hashlib
from pathlib import Path
from urllib.parse import unquote, urlparse

from connect.settings import Settings
from flink import udf_jar


def folder(settings: Settings, signature: str) -> str:
    """Return the URL of the checkpoint folder of a job. signature: see flink.state_signature."""
    digest = hashlib.sha256(signature.encode())
    for file in udf_jar.sources():
        digest.update(file.read_bytes())
    chosen = (settings.state_backend, settings.delivery, settings.time_zone, settings.gate)
    digest.update(" ".join(chosen).encode())
    return f"{settings.checkpoint_url}/{digest.hexdigest()[:16]}"


def newest(folder_url: str) -> str | None:
    """Return the URL of the newest complete checkpoint below a folder; None if there is none.

    Only file URLs are searched: with remote storage, the cluster's high availability resumes
    the job.
    """
    url = urlparse(folder_url)
    if url.scheme != "file":
        return None
    complete = Path(unquote(url.path)).glob("*/chk-*/_metadata")
    newest_first = sorted(complete, key=lambda file: file.stat().st_mtime, reverse=True)
    return newest_first[0].parent.as_uri() if newest_first else None
