"""Download of one artifact: resumable, verified by checksum, atomic."""

import errno
import hashlib
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, cast

from jgo.util import http
from tenacity import RetryError, Retrying, retry_if_exception_type, stop_after_attempt
from tenacity.wait import wait_base, wait_exponential
from urllib3.exceptions import HTTPError

from connect.errors import UserError
from stack.artifacts import Artifact

CHUNK_BYTES = 1 << 18
TIMEOUT_SECONDS = (10, 30)
ATTEMPTS = 5
WAIT = wait_exponential(max=10)
"""Seconds between attempts: 1, 2, 4, 8."""
NO_SPACE = (errno.ENOSPC, errno.EDQUOT)

Advance = Callable[[int], None]
"""Callback for progress: the change in the number of bytes on disk."""


class DownloadInterruptedError(Exception):
    """A transfer ended before the file was complete; a retry can resume it."""


class NotInRepositoryError(Exception):
    """The repository does not have the file."""


def sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def download(
    artifact: Artifact,
    repositories: list[str],
    target: Path,
    advance: Advance = lambda _: None,
    wait: wait_base = WAIT,
) -> None:
    """Download the artifact to `target` and verify it; on failure, raise UserError.

    Bytes are written to `<target>.part`. An interrupted transfer keeps that file, so that the
    next run requests only the remaining bytes.
    """
    arriving = target.with_name(target.name + ".part")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        advance(arriving.stat().st_size if arriving.exists() else 0)
        for attempt in Retrying(
            retry=retry_if_exception_type(DownloadInterruptedError),
            stop=stop_after_attempt(ATTEMPTS),
            wait=wait,
        ):
            with attempt:
                _transfer(artifact, repositories, arriving, advance)
    except RetryError as error:
        raise UserError(_cut(artifact, arriving, error.last_attempt.exception())) from None
    except NotInRepositoryError as error:
        raise UserError(f"{artifact.coordinate} was not found: {error}.") from None
    except OSError as error:
        if error.errno in NO_SPACE:
            raise UserError(
                f"No space is left on the disk of {target.parent} while fetching {target.name}: "
                f"free some and run again; the download resumes."
            ) from None
        raise UserError(f"{target.name} cannot be written to {target.parent}: {error}.") from None
    got = sha256(arriving)
    if got != artifact.sha256:
        arriving.unlink()
        raise UserError(
            f"{target.name} has the wrong checksum and was removed: expected sha256 "
            f"{artifact.sha256}, got {got}; run again; if the "
            f"checksum stays wrong, do not trust the download."
        )
    arriving.replace(target)


def _cut(artifact: Artifact, arriving: Path, reason: BaseException | None) -> str:
    have = arriving.stat().st_size if arriving.exists() else 0
    return (
        f"The download of {artifact.path.name} was interrupted {ATTEMPTS} times "
        f"({have:,} of {artifact.size:,} bytes arrived; {reason}): run again; the download resumes."
    )


def _transfer(
    artifact: Artifact, repositories: list[str], arriving: Path, advance: Advance
) -> None:
    have = arriving.stat().st_size if arriving.exists() else 0
    if have > artifact.size:
        arriving.unlink()
        advance(-have)
        have = 0
    if have == artifact.size:
        return
    failure: Exception = NotInRepositoryError("no repository is set")
    for repository in repositories:
        url = f"{repository}/{artifact.path.as_posix()}"
        try:
            _append(url, have, arriving, advance)
        except NotInRepositoryError as error:
            failure = error
            continue
        have = arriving.stat().st_size
        if have < artifact.size:
            raise DownloadInterruptedError(f"the connection ended after {have:,} bytes")
        return
    raise failure


def _append(url: str, have: int, arriving: Path, advance: Advance) -> None:
    """Append the response from byte `have`; start at 0 if the server ignores the range."""
    headers = {"Range": f"bytes={have}-", "Accept-Encoding": "identity"} if have else {}
    try:
        answer = http.get(url, headers=headers, stream=True, timeout=TIMEOUT_SECONDS)
    except OSError as error:  # every exception of requests is an OSError
        raise DownloadInterruptedError(f"no connection, {type(error).__name__}") from None
    with answer:
        if answer.status_code in (403, 404):
            raise NotInRepositoryError(f"{url} answers {answer.status_code}")
        if answer.status_code not in (200, 206):
            raise DownloadInterruptedError(f"the server answers {answer.status_code}")
        resumed = answer.status_code == 206
        if have and not resumed:
            advance(-have)
        with arriving.open("ab" if resumed else "wb") as file:
            while chunk := _next(answer.raw):
                file.write(chunk)
                advance(len(chunk))
            file.flush()
            os.fsync(file.fileno())


def _next(body: Any) -> bytes:
    """The next bytes of the response, b"" at its end.

    Bytes received before a connection error are returned, not dropped.
    """
    try:
        return cast(bytes, body.read1(CHUNK_BYTES))
    except (OSError, HTTPError) as error:
        raise DownloadInterruptedError(f"the connection broke, {type(error).__name__}") from None
