"""Generated files: rendered in memory, then written to disk or compared with it."""

from dataclasses import dataclass
from pathlib import Path

from codegen import (
    asyncapi,
    dataclasses,
    dictionary,
    events_view,
    flink_tables,
    rules_document,
    settings_document,
)
from contracts.contract import Contract

ROOT = Path(__file__).parent.parent
PYTHON = Path("schemas/generated")
SQL = Path("flink/sql/generated")
DICTIONARY = Path("docs/contracts.md")
ASYNCAPI = Path("docs/asyncapi.json")
RULES = Path("docs/compatibility-rules.md")
SETTINGS = Path("docs/settings.md")
DOCUMENTS = (DICTIONARY, ASYNCAPI, RULES, SETTINGS)


def render(contracts: list[Contract]) -> dict[Path, str]:
    """Render every generated file. Returns path below the project's root -> content."""
    files = {
        PYTHON / "__init__.py": dataclasses.package(contracts),
        DICTIONARY: dictionary.document(contracts),
        ASYNCAPI: asyncapi.document(contracts),
        RULES: rules_document.document(),
        SETTINGS: settings_document.document(),
        SQL / "events.sql": events_view.create_view(contracts),
    }
    for contract in contracts:
        files[PYTHON / f"{contract.stem}.py"] = dataclasses.module(contract)
        if contract.flink:
            files[SQL / f"{contract.stem}.sql"] = flink_tables.create_table(contract)
    return files


@dataclass(frozen=True, slots=True)
class Difference:
    """Differences between the files on disk and the rendered ones, as paths below the root."""

    stale: list[Path]
    missing: list[Path]
    orphaned: list[Path]

    def __bool__(self) -> bool:
        return bool(self.stale or self.missing or self.orphaned)

    def lines(self) -> list[str]:
        named = {"stale": self.stale, "missing": self.missing, "orphaned": self.orphaned}
        return [f"{state:9}{path}" for state, paths in named.items() for path in paths]


def compare(files: dict[Path, str], root: Path = ROOT) -> Difference:
    """Compare the files on disk below root with the rendered ones."""
    existing = {
        path.relative_to(root)
        for folder, ending in ((PYTHON, "*.py"), (SQL, "*.sql"))
        for path in (root / folder).glob(ending)
    }
    existing |= {path for path in DOCUMENTS if (root / path).exists()}
    return Difference(
        stale=sorted(
            path
            for path in files.keys() & existing
            if (root / path).read_text("utf-8") != files[path]
        ),
        missing=sorted(files.keys() - existing),
        orphaned=sorted(existing - files.keys()),
    )


def write(files: dict[Path, str], root: Path = ROOT) -> Difference:
    """Write the rendered files, delete orphaned ones, and return the differences."""
    difference = compare(files, root)
    for path in difference.orphaned:
        (root / path).unlink()
    for path in difference.stale + difference.missing:
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(files[path], "utf-8")
    return difference
