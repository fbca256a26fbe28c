"""The state folder: only its owner may read it, as it holds events, logs and settings."""

from pathlib import Path

from connect.errors import UserError

PRIVATE_FOLDER = 0o700


def create(state: Path) -> None:
    """Create the folder if it is missing, and make it private.

    Raises UserError for a folder that this user cannot write.
    """
    try:
        state.mkdir(parents=True, exist_ok=True)
        state.chmod(PRIVATE_FOLDER)
    except OSError as error:
        raise not_writable(state, error) from None


def not_writable(state: Path, error: OSError) -> UserError:
    return UserError(f"The state folder {state} cannot be written: {error.strerror}.")
