"""The contract that the documents show is one, and can be released and generated as they say."""

import re
from pathlib import Path

from click.testing import CliRunner

from contracts.__main__ import main
from tests.support.markdown_files import ROOT

PAGE = ROOT / "docs" / "contracts-elsewhere.md"


def test_the_contract_of_the_page_passes_its_commands(tmp_path: Path) -> None:
    page = PAGE.read_text("utf-8")
    (example,) = re.findall(r"```json\n(.*?)```", page, re.DOTALL)
    folder = tmp_path / "contracts"
    folder.mkdir()
    (folder / "price.avsc").write_text(example, "utf-8")
    commands = re.findall(r"^inventory-contracts (\w+) --schemas contracts$", page, re.MULTILINE)
    assert commands == ["release", "check", "generate", "plan", "apply"]
    for command in commands[:3]:
        done = CliRunner().invoke(main, [command, "--schemas", str(folder)])
        assert done.exit_code == 0, (command, done.output)
    assert (folder / "generated" / "price.py").exists()
    assert (folder / "released" / "price" / "1.avsc").read_text("utf-8") == example
