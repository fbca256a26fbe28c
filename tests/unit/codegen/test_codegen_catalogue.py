"""The catalogue: complete pages that need no network, readable on a phone."""

import json
import re
from html.parser import HTMLParser
from pathlib import Path

import jsonschema
import pytest
from click.testing import CliRunner

import schemas.generated
from codegen import example_record
from codegen.catalogue.command import catalogue
from codegen.exports import json_schema
from contracts.contract import Contract
from contracts.contract_file import load_all
from tests.support import browser
from tests.support.contract_sandbox import ContractSandbox, field

CONTRACTS = load_all()


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("catalogue")
    written = CliRunner().invoke(catalogue, ["--out", str(folder)])
    assert written.exit_code == 0, written.output
    return folder


class Page(HTMLParser):
    """The text, identities and addresses of a page."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.identities: set[str] = set()
        self.addresses: list[str] = []
        self.text = ""
        self.feed(path.read_text("utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        assert tag not in ("link", "script", "img", "iframe"), tag
        self.identities |= {values["id"] or ""} if "id" in values else set()
        self.addresses += [value or "" for name, value in attrs if name in ("href", "src")]

    def handle_data(self, data: str) -> None:
        self.text += data


def test_links_resolve_and_none_leaves_the_folder(site: Path) -> None:
    pages = {path.name: Page(path) for path in site.iterdir()}
    assert pages.keys() == {"index.html", *(f"{c.stem}.html" for c in CONTRACTS)}
    for name, page in pages.items():
        for address in page.addresses:
            file, _, anchor = address.partition("#")
            assert file in ("", *pages), f"{name}: {address}"
            assert not anchor or anchor in pages[file or name].identities, f"{name}: {address}"
    for path in site.iterdir():
        assert not re.search(r"https?:|url\(|@import", path.read_text("utf-8"))


@pytest.mark.parametrize("contract", CONTRACTS, ids=lambda contract: contract.stem)
def test_a_page_has_fields_limits_readers_versions_and_an_example(
    contract: Contract, site: Path
) -> None:
    page = Page(site / f"{contract.stem}.html")
    assert {each.name for each in contract.fields} <= page.identities
    for words in (contract.topic.name, contract.owner, contract.compatibility, "Read by"):
        assert words in page.text
    for each in contract.fields:
        assert " ".join(each.doc.replace("`", "").split()) in " ".join(page.text.split())
    versions = len(list(Path(f"schemas/released/{contract.stem}").glob("*.avsc")))
    assert len(re.findall(r"^\d+(?: \(|$)", page.text.partition("Versions")[2], re.M)) == versions
    shown = json.JSONDecoder().raw_decode(page.text, page.text.index('{\n  "'))[0]
    assert shown == example_record.as_json(example_record.example(contract))


def test_limits_and_readers_of_a_sale(site: Path) -> None:
    text = " ".join(Page(site / "transaction.html").text.split())
    assert "-1000000 to 1000000" in text
    assert "matches [A-Z]{3}" in text
    assert re.search(r"Read by\s*job, gate, audit", text)


@pytest.mark.parametrize("contract", CONTRACTS, ids=lambda contract: contract.stem)
def test_examples_are_valid_by_the_dataclass_and_by_the_json_schema(contract: Contract) -> None:
    values = example_record.example(contract)
    getattr(schemas.generated, contract.name).from_dict(values).validate()
    jsonschema.Draft202012Validator(json_schema.schema(contract)).validate(
        example_record.as_json(values)
    )


def test_an_example_fits_a_pattern_together_with_lengths(tmp_path: Path) -> None:
    sandbox = ContractSandbox(tmp_path)
    sandbox.edit(field("code", "string", pattern="x[0-9]*", minLength=5, maxLength=8))
    (contract,) = load_all(tmp_path)
    assert re.fullmatch(r"x\d{4}", example_record.example(contract)["code"])


def test_markup_in_a_doc_is_shown_as_text(tmp_path: Path) -> None:
    sandbox = ContractSandbox(tmp_path)
    sandbox.edit(lambda d: d.update(doc="<script>alert(1)</script> & more", owner="<b>us</b>"))
    written = CliRunner().invoke(
        catalogue, ["--schemas", str(tmp_path), "--out", str(tmp_path / "site")]
    )
    assert written.exit_code == 0, written.output
    text = Page(tmp_path / "site" / "transaction.html").text
    assert "<script>alert(1)</script> & more" in text
    assert "<b>us</b>" in text
    assert "none is named" in text  # the services of this project read no contract of others
    assert "No version is released." in text


def test_declared_consumers_are_named_with_their_fields(tmp_path: Path) -> None:
    (tmp_path / "schemas").mkdir()
    ContractSandbox(tmp_path / "schemas")
    (tmp_path / "consumers").mkdir()
    (tmp_path / "consumers" / "finance.toml").write_text(
        'team = "finance"\ncontact = "finance@example.org"\ncontract = "transaction"\n'
        'fields = ["line_amount"]\nsince = 2026-03-01\n'
    )
    written = CliRunner().invoke(
        catalogue, ["--schemas", str(tmp_path / "schemas"), "--out", str(tmp_path / "site")]
    )
    assert written.exit_code == 0, written.output
    page = Page(tmp_path / "site" / "transaction.html")
    assert "finance (finance@example.org), since 2026-03-01: line_amount" in page.text


@browser.NEEDED
@pytest.mark.parametrize("width", [360, 1280])
def test_pages_fit_the_screen(site: Path, width: int) -> None:
    with browser.browser(width, 800) as page:
        requests: list[str] = []
        page.on("request", lambda request: requests.append(request.url))
        for path in site.iterdir():
            page.goto(path.as_uri())
            assert page.evaluate("document.documentElement.scrollWidth") <= width, path.name
        assert all(request.startswith("file:") for request in requests)
