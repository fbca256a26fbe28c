"""Secrets of the files of client settings, which neither messages nor logs show."""

import os
import re

SECRET = re.compile(r"(password|passphrase|secret|auth\.token|user\.info|key\.pem)$")
"""Names of settings whose values are secrets."""
SHORTEST = 4
"""Characters of a secret that is looked for: a shorter one is part of other words, too."""
DATABASE = "PGPASSWORD"
"""Variable with the password of the database."""
MASK = "******"

_known: set[str] = set()


def note(name: str, value: str) -> None:
    """Note the value of a setting if it is a secret; of user:password, the password, too."""
    if SECRET.search(name):
        _known.update((value, value.partition(":")[2]))


def masked(text: str) -> str:
    """Return the text with every secret masked that this process has read."""
    secrets = {each for each in (*_known, os.environ.get(DATABASE, "")) if len(each) >= SHORTEST}
    for secret in sorted(secrets, key=len, reverse=True):
        text = text.replace(secret, MASK)
    return text
