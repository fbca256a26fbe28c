"""Released versions of a contract, from schemas/released/CHANGELOG.md."""

from dataclasses import dataclass
from pathlib import Path

from contracts import changelog


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleasedVersion:
    """One released version."""

    number: int
    """Number of the version."""
    title: str
    """Number and, if known, the date of its release."""
    changes: tuple[str, ...]
    """Changes since the version before, each one line of Markdown."""


def released_versions(released: Path, stem: str) -> list[ReleasedVersion]:
    """Return the versions of a contract in the change log, newest first."""
    file = changelog.path(released)
    text = file.read_text("utf-8") if file.exists() else ""
    titles = list(changelog.TITLE.finditer(text))
    ends = [*(title.start() for title in titles[1:]), len(text)]
    versions = [
        ReleasedVersion(
            number=int(title["number"]),
            title=title[0].removeprefix(f"## {stem} "),
            changes=tuple(
                line.removeprefix("- ")
                for line in text[title.end() : end].splitlines()
                if line.strip()
            ),
        )
        for title, end in zip(titles, ends, strict=False)
        if title["stem"] == stem
    ]
    return sorted(versions, key=lambda version: -version.number)
