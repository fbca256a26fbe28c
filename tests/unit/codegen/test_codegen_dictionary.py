"""The data dictionary has all facts of the contracts, read back from its Markdown."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token

from codegen import dictionary, generate, prose
from contracts import markdown
from contracts.contract_file import SCHEMAS, load, load_all
from contracts.data_flow import readers, writers

GITHUB = MarkdownIt("commonmark").enable(["table", "strikethrough"])
DOCUMENTS = [json.loads(path.read_text("utf-8")) for path in sorted(SCHEMAS.glob("*.avsc"))]


def shown(token: Token) -> str:
    """Return the visible text of an inline token."""
    parts = token.children or []
    return "".join(part.content for part in parts if part.type != "html_inline")


def tables(text: str) -> Iterator[tuple[str, list[list[str]]]]:
    """Yield (heading above it, rows of cells) of every table."""
    heading, opened = "", ""
    rows: list[list[str]] = []
    for token in GITHUB.parse(text):
        if token.type == "inline" and opened == "heading_open":
            heading = shown(token)
        elif token.type == "inline" and opened in ("td_open", "th_open"):
            rows[-1].append(shown(token))
        elif token.type == "tr_open":
            rows.append([])
        elif token.type == "table_close":
            yield heading, rows
            rows = []
        opened = token.type


@pytest.fixture(scope="module")
def text() -> str:
    return dictionary.document(load_all())


def plain(doc: str) -> str:
    return doc.replace("`", "")


def test_every_field_of_every_contract_is_there_with_its_doc_and_default(text: str) -> None:
    there = {heading: rows[1:] for heading, rows in tables(text) if rows[0][0] == "field"}
    assert there.keys() == {document["name"] for document in DOCUMENTS}
    for document in DOCUMENTS:
        matches = {name: (default, doc) for name, _, _, default, doc in there[document["name"]]}
        assert matches == {
            field["name"]: (
                json.dumps(field["default"]) if "default" in field else "",
                plain(field["doc"]),
            )
            for field in document["fields"]
        }


def test_every_constraint_is_there(text: str) -> None:
    there = {heading: rows for heading, rows in tables(text) if rows[0][0] == "field"}
    for document in DOCUMENTS:
        limits = {row[0]: row[2] for row in there[document["name"]]}
        for field in document["fields"]:
            for word in ("minimum", "maximum", "minLength", "maxLength", "pattern"):
                if word in field:
                    assert str(field[word]) in limits[field["name"]], (document["name"], field)
            assert ("identifier" in limits[field["name"]]) == ("identifier" in field)


def test_every_contract_has_its_topic_owner_key_and_who_writes_and_reads(text: str) -> None:
    facts = {heading: dict(rows) for heading, rows in tables(text) if rows[0] == ["", ""]}
    for contract, document in zip(load_all(), DOCUMENTS, strict=True):
        matches = facts[document["name"]]
        assert matches["topic"] == document["topic"]["name"]
        assert matches["partitions"] == str(document["topic"]["partitions"])
        assert matches["key"] == ", ".join(document["topic"]["key"])
        assert matches["owner"] == document["owner"]
        assert matches["compatibility"].startswith(document["compatibility"])
        for part in writers(contract):
            assert part.folder in matches["written by"]
        for part in readers(contract):
            assert part.folder in matches["read by"]


def test_the_table_of_contents_leads_to_a_heading_for_every_contract(text: str) -> None:
    contents = next(rows for heading, rows in tables(text) if heading == "Contracts")
    assert [row[0] for row in contents[1:]] == [document["name"] for document in DOCUMENTS]
    for document in DOCUMENTS:
        assert f"[{document['name']}](#{document['name'].lower()})" in text
        assert f"\n## {document['name']}\n" in text


def test_every_file_that_it_links_to_is_there(text: str) -> None:
    for token in GITHUB.parse(text):
        for part in token.children or []:
            target = str(part.attrs.get("href", "#"))
            if not target.startswith("#"):
                assert (generate.ROOT / "docs" / target).exists(), target


def test_the_diagram_has_every_topic_between_its_writers_and_readers(text: str) -> None:
    diagram = text.partition("```mermaid\n")[2].partition("\n```")[0]
    for contract in load_all():
        (line,) = (line for line in diagram.splitlines() if f'"{contract.topic.name}"' in line)
        before, _, after = line.partition(f'[("{contract.topic.name}")]')
        assert {part.name for part in writers(contract)} == set(before.split()[:-2:2])
        assert {part.name for part in readers(contract)} == set(after.split()[1::2])


SPECIAL = st.sampled_from("ab1 \\`*_[]()<>|~&#+-=.!:;$\n\"'")
WORDS = st.text(SPECIAL | st.characters(codec="utf-8", exclude_characters="\0"))


@given(WORDS)
def test_any_words_are_shown_as_they_are_in_a_table_and_outside(words: str) -> None:
    escaped = markdown.text(words)
    ((_, rows),) = tables("\n".join(markdown.table(["x"], [[escaped]])))
    paragraph = "".join(shown(t) for t in GITHUB.parse(escaped) if t.type == "inline")
    for seen in (rows[1][0], paragraph):
        assert " ".join(plain(seen).split()) == " ".join(plain(words).split())


@given(st.text(SPECIAL, min_size=1).filter(lambda text: text == " ".join(text.split())))
def test_any_pattern_is_shown_as_it_is_in_a_table(pattern: str) -> None:
    ((_, rows),) = tables("\n".join(markdown.table(["x"], [[markdown.code(pattern)]])))
    assert rows == [["x"], [pattern]]


def test_a_pattern_with_bars_and_angles_leaves_its_row_whole(tmp_path: Path) -> None:
    document: dict[str, Any] = json.loads((SCHEMAS / "product.avsc").read_text("utf-8"))
    field = next(field for field in document["fields"] if field["type"] == "string")
    field["pattern"], field["doc"] = "a|b`<c>", "Either | <b>or</b> *not* `x|y`."
    (tmp_path / "product.avsc").write_text(json.dumps(document), "utf-8")
    text = dictionary.document([load(tmp_path / "product.avsc")])
    rows = next(rows for _, rows in tables(text) if rows[0][0] == "field")
    row = next(row for row in rows if row[0] == field["name"])
    assert len(row) == 5
    assert row[2].endswith("matches a|b`<c>")
    assert row[4] == "Either | <b>or</b> *not* x|y."


@pytest.mark.parametrize(
    ("config", "shown"),
    [
        ({}, "every record, for as long as the broker's own `log.retention` says"),
        ({"cleanup.policy": "delete", "retention.ms": "-1"}, "every record, for ever"),
        ({"cleanup.policy": "delete", "retention.ms": "604800000"}, "every record, for 7 days"),
        ({"cleanup.policy": "delete", "retention.ms": "90000"}, "every record, for 90 seconds"),
        ({"cleanup.policy": "delete", "retention.ms": "3600000"}, "every record, for 1 hour"),
        ({"cleanup.policy": "delete", "retention.ms": "0"}, "every record, for 0 ms"),
        ({"cleanup.policy": "compact"}, "the newest record of each key, for ever"),
        (
            {"cleanup.policy": "compact,delete", "retention.ms": "86400000"},
            "the newest record of each key, for 1 day",
        ),
    ],
)
def test_what_a_topic_keeps_is_described(config: dict[str, str], shown: str) -> None:
    assert prose.kept(config) == shown
