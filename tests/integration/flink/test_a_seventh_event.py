"""A new event contract needs one .avsc, one staging view, and its meaning in audit and oracle."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from connect.settings import Settings

pytestmark = pytest.mark.slow
ROOT = Path(__file__).parents[3]
DONATION = ROOT / "tests" / "support" / "donation"
STATE = (ROOT / Settings().state).resolve()
MEANING = {
    "audit/stock_events.py": [
        ("    Adjustment,\n", "    Adjustment,\n    Donation,\n"),
        (
            "        case _:\n",
            "        case Donation(store_id=store, donated_at=at, charity=reference):\n"
            '            kind, units, reason = "adjustment", -units, "donation"\n'
            "        case _:\n",
        ),
    ],
    "tests/support/oracle.py": [
        ("    Adjustment,\n", "    Adjustment,\n    Donation,\n"),
        (
            "def happened(event: Event) -> datetime:\n",
            "def happened(event: Event) -> datetime:\n"
            "    if isinstance(event, Donation):\n        return event.donated_at\n",
        ),
        (
            "        case Transaction() | Transfer(",
            "        case Transaction() | Donation() | Transfer(",
        ),
        (
            "        case Adjustment():\n",
            "        case Donation():\n"
            '            return "adjustment", "donation", event.charity\n'
            "        case Adjustment():\n",
        ),
    ],
}
"""Edits of the two files that say what the event means; everything else is derived."""


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the project with the event `donation` added."""
    tree = tmp_path_factory.mktemp("tree") / "project"
    shutil.copytree(ROOT, tree, ignore=shutil.ignore_patterns(".*", "__pycache__"))
    shutil.copy(DONATION / "donation.avsc", tree / "schemas")
    shutil.copy(DONATION / "stg_donations.sql", tree / "flink" / "sql" / "staging")
    for name, edits in MEANING.items():
        text = (tree / name).read_text("utf-8")
        for old, new in edits:
            assert text.count(old) == 1, (name, old)
            text = text.replace(old, new)
        (tree / name).write_text(text, "utf-8")
    run(tree, "codegen", "generate")
    return tree


def run(tree: Path, *command: str) -> str:
    """Run a module in the tree; return its output."""
    ended = subprocess.run(
        [sys.executable, "-m", *command],
        cwd=tree,
        env={**os.environ, "INVENTORY_STATE": str(STATE), "PYTHONPATH": str(tree)},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert ended.returncode == 0, ended.stdout + ended.stderr
    return ended.stdout


def test_its_contract_is_checked_and_released(tree: Path) -> None:
    run(tree, "codegen", "generate", "--check")
    run(tree, "contracts", "check")
    run(tree, "contracts", "release")
    assert (tree / "schemas" / "released" / "donation").is_dir()


def test_types_hold(tree: Path) -> None:
    run(tree, "mypy", "audit", "gate", "flink", "tests/support/oracle.py")


def test_the_job_reads_it_before_the_deduplication(tree: Path, minicluster: object) -> None:
    assert minicluster, "fetches the artifacts"
    plan = run(tree, "flink.job", "--explain")
    events, *inserts = plan.split("== Optimized Execution Plan ==")[1:]
    table = "table=[[default_catalog, default_database, donations"
    assert table in events
    assert inserts
    assert not any(table in insert for insert in inserts)


def test_job_gate_and_audit_agree_with_the_oracle(tree: Path, minicluster: object) -> None:
    assert minicluster, "fetches the artifacts"
    run(tree, "tests.support.donation.checks", str(STATE))
