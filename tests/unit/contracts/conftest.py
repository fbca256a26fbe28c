"""Contracts that a test may edit."""

import shutil
from pathlib import Path

import pytest

from contracts.contract_file import SCHEMAS
from tests.support.git_repository import commit, git
from tests.support.succession_road import Road, numbers_for_sku_and_no_till


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


@pytest.fixture
def road(tmp_path: Path) -> Road:
    (tmp_path / "schemas").mkdir()
    return Road(tmp_path / "schemas")


@pytest.fixture
def converted(road: Road) -> Road:
    assert road.evolve().exit_code == 0
    road.edit_new(numbers_for_sku_and_no_till)
    done = road.evolve("--value", "terminal_id='unknown'")
    assert done.exit_code == 0, done.output
    return road
