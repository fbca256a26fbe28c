"""Generated files: rendered in memory, then written to disk or compared with it."""

from dataclasses import dataclass
from pathlib import Path

from codegen import (
    alerts_document,
    asyncapi,
    conversion_tables,
    dataclasses,
    dictionary,
    events_view,
    flink_tables,
    grafana_dashboard,
    metrics_document,
    permissions_document,
    prometheus_files,
    rules_document,
    settings_document,
)
from contracts.contract import Contract

ROOT = Path(__file__).parent.parent
PYTHON = Path("schemas/generated")
SQL = Path("flink/sql/generated")
CONVERSIONS = SQL / "conversions"
DICTIONARY = Path("docs/contracts.md")
ASYNCAPI = Path("docs/asyncapi.json")
RULES = Path("docs/compatibility-rules.md")
SETTINGS = Path("docs/settings.md")
PERMISSIONS = Path("docs/permissions.md")
METRICS = Path("docs/operations/metrics.md")
ALERTS = Path("docs/operations/alerts.md")
SCRAPING = Path("deploy/prometheus/prometheus.yml")
ALERT_RULES = Path("deploy/prometheus/rules.yml")
CHARTS = Path("deploy/grafana/inventory.json")
DOCUMENTS = (
    DICTIONARY,
    ASYNCAPI,
    RULES,
    SETTINGS,
    PERMISSIONS,
    METRICS,
    ALERTS,
    SCRAPING,
    ALERT_RULES,
    CHARTS,
)

Owned = tuple[tuple[Path, str], ...]
"""Folders with the endings of their files, all of which are generated."""
OWNED: Owned = ((PYTHON, "*.py"), (SQL, "*.sql"), (CONVERSIONS, "*.sql"))


def render(contracts: list[Contract]) -> dict[Path, str]:
    """Render every generated file. Returns path below the project's root -> content."""
    files = {
        **_dataclasses(contracts, PYTHON),
        DICTIONARY: dictionary.document(contracts),
        ASYNCAPI: asyncapi.document(contracts),
        RULES: rules_document.document(),
        SETTINGS: settings_document.document(),
        METRICS: metrics_document.document(),
        ALERTS: alerts_document.document(),
        SCRAPING: prometheus_files.scrape_configuration(),
        ALERT_RULES: prometheus_files.rules(),
        CHARTS: grafana_dashboard.document(),
        PERMISSIONS: permissions_document.document(contracts),
        SQL / "events.sql": events_view.create_view(contracts),
    }
    for contract in contracts:
        if contract.flink:
            files[SQL / f"{contract.stem}.sql"] = flink_tables.create_table(contract)
        if contract.paired:
            for name, table in conversion_tables.create_tables(contract):
                files[CONVERSIONS / f"{name}.sql"] = table
    return files


def elsewhere(contracts: list[Contract], folder: Path) -> tuple[dict[Path, str], Path, Owned]:
    """Render the files of contracts in a folder of their own: the package generated/ in it."""
    python = Path("generated")
    return _dataclasses(contracts, python), folder, ((python, "*.py"),)


def _dataclasses(contracts: list[Contract], folder: Path) -> dict[Path, str]:
    modules = {folder / f"{c.stem}.py": dataclasses.module(c) for c in contracts}
    return {folder / "__init__.py": dataclasses.package(contracts), **modules}


@dataclass(frozen=True, slots=True)
class Difference:
    """Differences between the files on disk and the rendered ones, as paths below the root."""

    stale: list[Path]
    missing: list[Path]
    orphaned: list[Path]

    def __bool__(self) -> bool:
        return bool(self.stale or self.missing or self.orphaned)

    def lines(self, written: bool = False) -> list[str]:
        """Return a line for each file. written: it is no longer so, as the files were written."""
        words = ("updated", "created", "deleted") if written else ("stale", "missing", "orphaned")
        of_paths = zip(words, (self.stale, self.missing, self.orphaned), strict=True)
        return [f"{word:9}{path}" for word, paths in of_paths for path in paths]


def compare(files: dict[Path, str], root: Path = ROOT, owned: Owned = OWNED) -> Difference:
    """Compare the files on disk below root with the rendered ones."""
    existing = {
        path.relative_to(root) for folder, ending in owned for path in (root / folder).glob(ending)
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


def write(files: dict[Path, str], root: Path = ROOT, owned: Owned = OWNED) -> Difference:
    """Write the rendered files, delete orphaned ones, and return the differences."""
    difference = compare(files, root, owned)
    for path in difference.orphaned:
        (root / path).unlink()
    for path in difference.stale + difference.missing:
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(files[path], "utf-8")
    return difference
