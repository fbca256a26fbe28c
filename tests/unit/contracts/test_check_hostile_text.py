"""Text of a contract or waiver cannot end a check, break its report or add lines to it."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from click.testing import CliRunner, Result

from contracts.__main__ import main
from contracts.contract_file import SCHEMAS

HOSTILE = "a\x01\x1b[31m\ud800\ufffe\uffff\n::error::forged"
FORMATS = ("text", "json", "junit", "github", "gitlab", "sarif")


def check(schemas: Path, form: str = "text") -> Result:
    return CliRunner().invoke(main, ["check", "--schemas", str(schemas), "--format", form])


def edit(schemas: Path, change: Callable[[dict[str, Any]], object]) -> None:
    path = schemas / "shipment.avsc"
    document = json.loads(path.read_text("utf-8"))
    change(document)
    path.write_text(json.dumps(document), "utf-8")


@pytest.fixture
def schemas(tmp_path: Path) -> Path:
    """One contract with its released versions."""
    shutil.copytree(SCHEMAS / "released" / "shipment", tmp_path / "released" / "shipment")
    shutil.copy(SCHEMAS / "shipment.avsc", tmp_path)
    return tmp_path


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize(
    "change",
    [
        pytest.param(lambda each: each.update(doc=HOSTILE), id="doc"),
        pytest.param(lambda each: each.update(owner=HOSTILE), id="owner"),
        pytest.param(lambda each: each["topic"]["config"].update({HOSTILE: "1"}), id="setting"),
    ],
)
def test_a_report_of_hostile_text_is_well_formed(
    schemas: Path, change: Callable[[dict[str, Any]], object], form: str
) -> None:
    edit(schemas, change)
    result = check(schemas, form)
    assert isinstance(result.exception, SystemExit | None)
    if form == "junit":
        assert ElementTree.fromstring(result.stdout.encode()).tag == "testsuites"
    elif form in ("text", "github"):
        assert "\x1b" not in result.stdout
        assert not [line for line in result.stdout.splitlines() if line.startswith("::error::")]
    else:
        assert json.loads(result.stdout)


def test_a_file_name_ends_no_workflow_command(schemas: Path) -> None:
    (schemas / "shipment.avsc").rename(schemas / "a\n::error::forged.avsc")
    lines = check(schemas, "github").stdout.splitlines()
    # No contract has such a name, and that of the shipments is gone.
    assert [line.partition(" ")[0] for line in lines] == ["::error", "::error"]


def test_a_waiver_with_hostile_text_leaves_the_report_well_formed(schemas: Path) -> None:
    edit(schemas, lambda each: each.update(doc="Another meaning"))
    (schemas / "waivers.toml").write_text(
        '[[waiver]]\nrule = "meaning-changed"\ncontract = "shipment"\nexpires = 9999-12-31\n'
        'reason = "a\\u0001\\uFFFE\\n::error::forged"\n'
    )
    assert ElementTree.fromstring(check(schemas, "junit").stdout).find(".//skipped") is not None
    assert "\n::error::forged" not in check(schemas).stdout


def test_waivers_nested_too_deeply_are_refused(schemas: Path) -> None:
    (schemas / "waivers.toml").write_text("a = " + "[" * 5000)
    result = check(schemas)
    assert result.exit_code == 2
    assert "waivers.toml: not readable as TOML: nested too deeply." in result.stderr


def test_a_key_that_repeats_a_field_is_refused(schemas: Path) -> None:
    edit(schemas, lambda each: each["topic"].update(key=["store_id", "sku", "sku"]))
    result = check(schemas)
    assert result.exit_code == 2
    assert "shipment.avsc: topic.key: expected each field once." in result.stderr


def test_a_setting_that_no_long_of_kafka_can_have_is_refused(schemas: Path) -> None:
    edit(schemas, lambda each: each["topic"]["config"].update({"retention.ms": "9" * 5000}))
    result = check(schemas)
    assert result.exit_code == 2
    assert (
        "topic.config: expected a whole number from -1 to 9,223,372,036,854,775,807 for"
        in result.stderr
    )


LINES = {
    "an attribute twice": ("shipment.avsc", b'{"a": [{"b": 1}, {"b": 2}],\n"c": 1,\n "a": 2}', 3),
    "an attribute twice inside": ("shipment.avsc", b'{"a": {\n"b": "a: {",\n"b": 2}}', 3),
    "half of a character": ("shipment.avsc", b'{"a": 1,\n"b": "\\uD800"}', 2),
    "a byte that is not UTF-8": ("shipment.avsc", b'{"a": 1,\n"b": "\xff"}', 2),
    "a missing comma": ("shipment.avsc", b'{"a": 1\n"b": 2}', 2),
    "a waiver with a name twice": (
        "waivers.toml", b'[[waiver]]\nrule = "a"\nreason = "b"\nrule = "c"\n', 4),
    "a waiver that is not UTF-8": ("waivers.toml", b'[[waiver]]\nrule = "\xff"\n', 2),
    "a waiver without an end": ("waivers.toml", b'[[waiver]]\nrule = "a"\nreason = """b\n', 3),
    "a consumer with a name twice": (
        "../consumers/a.toml", b'team = "a"\n\nteam = "b"\n', 3),
    "a consumer that is not UTF-8": ("../consumers/a.toml", b'team = "a"\n# \xff\n', 2),
}  # fmt: skip


@pytest.mark.parametrize("fault", LINES)
def test_an_unreadable_file_is_named_with_its_line(fault: str, tmp_path: Path) -> None:
    schemas = tmp_path / "schemas"
    shutil.copytree(SCHEMAS / "released" / "shipment", schemas / "released" / "shipment")
    shutil.copy(SCHEMAS / "shipment.avsc", schemas)
    name, content, line = LINES[fault]
    path = schemas / name
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(content)
    result = check(schemas, "json")
    assert result.exit_code == 2
    (unreadable,) = [
        each for each in json.loads(result.stdout) if each["rule"] == "invalid-contract"
    ]
    assert (Path(unreadable["file"]).name, unreadable["line"]) == (path.name, line)
