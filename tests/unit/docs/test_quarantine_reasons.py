"""docs/quarantine.md explains every reason for quarantine."""

import re

import pytest

from gate.reasons import NOT_COUNTED, Reason
from tests.support.markdown_files import ROOT

PAGE = (ROOT / "docs" / "quarantine.md").read_text("utf-8")


@pytest.mark.parametrize("reason", [*map(str, Reason), *NOT_COUNTED])
def test_a_reason_has_a_row(reason: str) -> None:
    assert re.search(rf"^\| `{reason}`", PAGE, re.MULTILINE)
