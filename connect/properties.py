"""Files of client settings: one `name = value` a line; lines that begin with # are comments.

They are files and not environment variables because they hold passwords.
"""

from pathlib import Path

from connect import masking
from connect.errors import UserError


def properties(file: str, variable: str) -> dict[str, str]:
    """Read name -> value; an empty path gives no settings.

    variable: the environment variable that names the file. Raises UserError for a file that cannot
    be read, or for a line that is not a setting.
    """
    if not file:
        return {}
    try:
        content = Path(file).read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise UserError(f"{variable}: {file} cannot be read as text: {error}.") from None
    settings: dict[str, str] = {}
    for number, line in enumerate(content.splitlines(), start=1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        name, equals, value = line.partition("=")
        if not equals or not name.strip():
            # The line is not shown, as it may hold a password.
            raise UserError(f"{variable}: {file}:{number}: expected name = value.")
        settings[name.strip()] = value.strip()
        masking.note(name.strip(), value.strip())
    return settings
