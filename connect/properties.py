"""Files of client settings, a line each: name = value; a line that begins with # is a comment.

A file, not the environment, because passwords are among them.
"""

from pathlib import Path

from connect.errors import UserError


def properties(file: str, variable: str) -> dict[str, str]:
    """Name -> value; none for no file. variable: the setting that names the file.

    Raises UserError for a file that cannot be read, or for a line that is no setting.
    """
    if not file:
        return {}
    try:
        text = Path(file).read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise UserError(f"{variable}: {file} cannot be read as a text: {error}.") from None
    found: dict[str, str] = {}
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        name, equals, value = line.partition("=")
        if not equals or not name.strip():
            # The line is not shown: it may be a password's.
            raise UserError(f"{variable}: {file}:{number}: expected name = value.")
        found[name.strip()] = value.strip()
    return found
