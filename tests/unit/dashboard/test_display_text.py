"""Names on pages: plain text on one line, each product with a label of its own."""

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as some
from markdown_it import MarkdownIt

from dashboard.text import display_text
from views.plain_text import plain


def test_labels_are_plain_text_on_one_line() -> None:
    assert plain("a\nb\u202ec\u200b\td") == "a bc d"
    assert plain("\u200b \n") == "(blank)"
    assert plain("<b>$x$</b> *y*") == "<b>$x$</b> *y*"


def paragraphs(markdown: str) -> tuple[list[str], list[str]]:
    """Return the kinds of what a text becomes as Markdown, and its letters."""
    tokens = MarkdownIt("gfm-like", {"linkify": False}).parse(markdown)
    parts = [child for token in tokens for child in token.children or []]
    return [token.type for token in (*tokens, *parts)], [part.content for part in parts]


@example("Salt &amp; Pepper &#42;")
@given(some.text(some.sampled_from('a1*_`$[]()!:<>~#-+.|\\"& ='), min_size=1))
def test_names_are_shown_letter_by_letter_where_markdown_is_formatted(name: str) -> None:
    shown = plain(name)
    kinds, letters = paragraphs(display_text.literal(name))
    assert {*kinds} <= {"paragraph_open", "inline", "paragraph_close", "text", "text_special"}
    assert "".join(letters) == shown


@pytest.mark.parametrize(
    "name",
    [":fire: Sale", ":red[Last]", "$5$ Shop", ":material/home:", "![x](https://a.example/x)"],
)
def test_nothing_of_streamlits_own_is_made_of_a_name(name: str) -> None:
    assert re.search(r"(?<!\\)(:[a-z]|\$|!?(?<!\\)\[)", display_text.literal(name)) is None


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("PO-2026-000123", "PO-2026-000123"),
        ("order:history-7-20260501T080000000:forgotten", "order:histo…00:forgotten"),
        ("order:live-7-20260501T080000000-22", "order:live-…080000000-22"),
        ("0b8e3c1a-4f6d-4e7a-9c2b-1f0d2a3b4c5d", "0b8e3c1a-4f…1f0d2a3b4c5d"),
    ],
)
def test_a_long_id_keeps_its_beginning_and_its_end(written: str, shown: str) -> None:
    assert display_text.references([written]) == [shown]


def test_ids_that_differ_in_their_middle_only_are_written_as_a_whole() -> None:
    first, second = (f"order:history-7-{day}T080000000-123" for day in ("20260501", "20260502"))
    assert display_text.references([first, first, second]) == [first, first, second]


@given(some.lists(some.text("ab", min_size=1, max_size=60)))
def test_two_ids_are_never_shown_alike(ids: list[str]) -> None:
    assert len(set(display_text.references(ids))) == len(set(ids))


@given(some.lists(some.tuples(some.sampled_from(["Milk", "milk", "<b>", "M" * 90]), some.uuids())))
def test_no_two_products_share_a_label(products: list[tuple[str, object]]) -> None:
    pairs = {(name, str(sku)) for name, sku in products}
    assert len(set(display_text.unique(pairs))) == len(pairs)
