"""The project's Markdown files: their code blocks, links, headings and Python names."""

import re
import subprocess
from pathlib import Path

ROOT = Path(__file__).parents[2]
NOT_OURS = ("schemas/released/", "tests/conformance/")


def markdown_files() -> list[Path]:
    """README.md first, then the others by path, relative to the project's root."""
    names = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "*.md"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.splitlines()
    paths = {Path(name) for name in names if not name.startswith(NOT_OURS)}
    return sorted((path for path in paths if (ROOT / path).exists()), key=_readme_first)


def blocks(text: str, language: str) -> list[str]:
    """The code blocks of a language, without indentation, lines continued by \\ joined."""
    pattern = rf"^( *)```{language}\n(.*?)^\1```"
    indented = re.findall(pattern, text, re.DOTALL | re.MULTILINE)
    return [re.sub(rf"^{indent}", "", body, flags=re.M) for indent, body in indented]


def commands(text: str, language: str) -> list[str]:
    """Every command of the blocks, without its comment."""
    lines = "".join(blocks(text, language)).replace("\\\n", " ").splitlines()
    return [command for line in lines if (command := re.split(r"(?:^|\s)#", line)[0].strip())]


def links(text: str) -> list[str]:
    """Targets of the links outside of code, but for those to other hosts."""
    prose = re.sub(r"^ *```.*?^ *```", "", text, flags=re.DOTALL | re.MULTILINE)
    return re.findall(r"\]\((?!https?:)([^)\s]+)\)", prose)


def anchors(text: str) -> set[str]:
    """Anchors of the headings, as GitHub makes them."""
    prose = re.sub(r"^ *```.*?^ *```", "", text, flags=re.DOTALL | re.MULTILINE)
    headings = re.findall(r"^#+ +(.+?)\s*$", prose, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def _readme_first(path: Path) -> tuple[bool, str]:
    return path != Path("README.md"), str(path)
