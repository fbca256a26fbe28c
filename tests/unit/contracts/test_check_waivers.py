"""A waiver accepts one finding, with a reason and until a day; every one of them is shown."""

import json
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from contracts import release
from contracts.__main__ import main
from contracts.contract_file import SCHEMAS, load_all
from contracts.deployment.desired import desired_state
from tests.support.checked_contracts import check

TODAY = datetime.now(UTC).date()
WAIVER = {"rule": "field-renamed", "contract": "product", "field": "title", "reason": "All read."}


def findings(schemas: Path) -> list[dict[str, Any]]:
    document: list[dict[str, Any]] = json.loads(check(schemas, "--format", "json").stdout)
    return document


@pytest.fixture
def schemas(tmp_path: Path) -> Path:
    """A contract with the level BACKWARD, of which a released field is renamed with an alias."""
    document = json.loads((SCHEMAS / "product.avsc").read_text("utf-8"))
    document["compatibility"] = "BACKWARD"
    path = tmp_path / "product.avsc"
    path.write_text(json.dumps(document, indent=1), "utf-8")
    release.release(load_all(tmp_path), tmp_path / "released")
    field = next(each for each in document["fields"] if each["name"] == "name")
    field.update(name="title", aliases=["name"])
    path.write_text(json.dumps(document, indent=1), "utf-8")
    return tmp_path


def write(schemas: Path, *waivers: dict[str, str], expires: str = str(TODAY)) -> None:
    lines = []
    for waiver in waivers:
        lines += ["[[waiver]]", *(f'{name} = "{value}"' for name, value in waiver.items())]
        lines += [f"expires = {expires}", ""]
    (schemas / "waivers.toml").write_text("\n".join(lines), "utf-8")


def test_an_alias_rename_under_backward_goes_live_with_a_waiver(schemas: Path) -> None:
    assert check(schemas).exit_code == 1
    assert desired_state(load_all(schemas), schemas / "released").conflicts
    write(schemas, WAIVER)
    result = check(schemas)
    assert result.exit_code == 0, result.output
    assert f"    waived:  until {TODAY}: All read." in result.stdout
    assert result.stdout.endswith("; waived findings: 1.\n")
    released = CliRunner().invoke(main, ["release", "--schemas", str(schemas)])
    assert released.exit_code == 0, released.output
    assert not desired_state(load_all(schemas), schemas / "released").conflicts


def test_a_waiver_keeps_its_line_behind_a_reason_that_looks_like_one(schemas: Path) -> None:
    write(schemas, WAIVER | {"reason": '""\nSee below.\n[[waiver]]\n""'}, WAIVER | {"field": "sku"})
    (unused,) = [each for each in findings(schemas) if each["rule"] == "waiver-unused"]
    assert unused["line"] == 11
    (schemas / "waivers.toml").write_text(
        (schemas / "waivers.toml").read_text("utf-8").replace('"sku"', "3"), "utf-8"
    )
    assert "waiver at line 11: field: expected a string" in check(schemas).stderr


def test_a_waived_finding_keeps_its_severity_in_json(schemas: Path) -> None:
    write(schemas, WAIVER)
    (finding,) = [each for each in findings(schemas) if each["rule"] == "field-renamed"]
    assert finding["severity"] == "dangerous"
    assert finding["waiver"] == {"reason": "All read.", "expires": str(TODAY)}


@pytest.mark.parametrize("other", [{"rule": "type-changed"}, {"contract": "transfer"},
                                   {"field": "sku"}])  # fmt: skip
def test_a_waiver_accepts_no_other_finding_and_is_shown_as_unused(
    other: dict[str, str], schemas: Path
) -> None:
    write(schemas, WAIVER | other)
    result = check(schemas)
    assert result.exit_code == 1
    assert f"{schemas}/waivers.toml:1: waiver: safe waiver-unused" in result.stdout


def test_a_waiver_without_field_accepts_no_finding_at_a_field(schemas: Path) -> None:
    write(schemas, {name: value for name, value in WAIVER.items() if name != "field"})
    assert check(schemas).exit_code == 1


def test_an_expired_waiver_is_a_finding_and_accepts_nothing(schemas: Path) -> None:
    write(schemas, WAIVER, expires=str(TODAY - timedelta(days=1)))
    assert {each["rule"] for each in findings(schemas) if each["severity"] != "safe"} == {
        "field-renamed",
        "waiver-expired",
    }
    shutil.copy(schemas / "released" / "product" / "1.avsc", schemas / "product.avsc")
    assert [each["rule"] for each in findings(schemas)] == ["waiver-expired"]
    assert check(schemas).exit_code == 1


def test_an_expired_waiver_names_its_day_its_rule_and_whether_it_is_still_needed(
    schemas: Path,
) -> None:
    yesterday = TODAY - timedelta(days=1)
    write(schemas, WAIVER, WAIVER | {"field": "sku"}, expires=str(yesterday))
    needed, unneeded = [each for each in findings(schemas) if each["rule"] == "waiver-expired"]
    sentence = "the waiver of field-renamed for product at {} expired on {}: {}"
    assert needed["what"] == sentence.format("title", yesterday, "the finding counts again")
    assert unneeded["what"] == sentence.format("sku", yesterday, "no finding needs it any more")


@pytest.mark.parametrize(
    ("misspelt", "hint"),
    [
        ({"rule": "field-renamd"}, "there is no rule field-renamd (did you mean field-renamed?)"),
        ({"contract": "products"}, "there is no contract products (did you mean product?)"),
        ({"field": "titl"}, "there is no field titl (did you mean title?)"),
    ],
)
def test_a_misspelt_name_in_a_waiver_is_named_with_the_one_that_is_meant(
    misspelt: dict[str, str], hint: str, schemas: Path
) -> None:
    write(schemas, WAIVER | misspelt)
    result = check(schemas)
    assert result.exit_code == 1
    assert f"holds until {TODAY} and covers no finding: {hint}" in result.stdout


def test_a_withdrawn_contract_and_a_released_file_can_be_waived(schemas: Path) -> None:
    shutil.copytree(schemas / "released" / "product", schemas / "released" / "price")
    accepted = {"rule": "contract-withdrawn", "contract": "price", "reason": "No reader is left."}
    write(schemas, WAIVER, accepted)
    assert check(schemas).exit_code == 0


INVALID = {
    "no reason": ('rule = "r"\ncontract = "c"\nexpires = 2030-01-01', "reason: expected a string"),
    "empty reason": (
        'rule = "r"\ncontract = "c"\nreason = " "\nexpires = 2030-01-01',
        "reason: expected a string that is not empty",
    ),
    "no day": ('rule = "r"\ncontract = "c"\nreason = "x"', "expires: expected a day"),
    "a day as text": (
        'rule = "r"\ncontract = "c"\nreason = "x"\nexpires = "2030-01-01"',
        "expires: expected a day without quotes",
    ),
    "an unknown name": (
        'rules = "r"\ncontract = "c"\nreason = "x"\nexpires = 2030-01-01',
        "rules: expected one of rule, contract, field, reason, expires",
    ),
}


@pytest.mark.parametrize("fault", INVALID)
def test_an_invalid_waiver_exits_with_2_and_names_its_line(fault: str, schemas: Path) -> None:
    body, message = INVALID[fault]
    text = '[[waiver]]\nrule = "a"\ncontract = "b"\nreason = "c"\nexpires = 2030-01-01\n'
    (schemas / "waivers.toml").write_text(f"{text}\n[[waiver]]\n{body}\n", "utf-8")
    result = check(schemas)
    assert result.exit_code == 2
    assert f"Error: waivers.toml: waiver at line 7: {message}" in result.stderr
    assert "field-renamed" in result.stdout
    annotations = check(schemas, "--format", "github").stdout
    assert f"file={schemas}/waivers.toml,line=7,title=invalid-contract" in annotations


@pytest.mark.parametrize(
    "text", ["[[waiver]\n", '[waivers]\nrule = "a"\n', 'waiver = "a"\n', "\xff"]
)
def test_a_file_that_is_no_list_of_waivers_exits_with_2(text: str, schemas: Path) -> None:
    (schemas / "waivers.toml").write_bytes(text.encode("latin-1"))
    result = check(schemas)
    assert result.exit_code == 2
    assert "Error: waivers.toml: " in result.stderr
    assert "Traceback" not in result.stderr
