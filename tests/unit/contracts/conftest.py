"""Contracts that a test may edit."""

import shutil
from pathlib import Path

import pytest

from contracts.contract_file import SCHEMAS
from tests.support.git_repository import commit, git


@pytest.fixture
def schemas(tmp_path: Path) -> Path:
    """Two contracts with their released versions, outside a git repository."""
    folder = tmp_path / "schemas"
    for stem in ("shipment", "transaction"):
        shutil.copytree(SCHEMAS / "released" / stem, folder / "released" / stem)
        shutil.copy(SCHEMAS / f"{stem}.avsc", folder)
    return folder


@pytest.fixture
def repository(schemas: Path) -> Path:
    """The two contracts, committed on the branch main; the branch change is checked out."""
    git(schemas, "init", "--quiet", "--initial-branch=main")
    commit(schemas)
    git(schemas, "tag", "v1")
    git(schemas, "checkout", "--quiet", "-b", "change")
    return schemas
