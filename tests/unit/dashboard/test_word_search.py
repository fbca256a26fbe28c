"""Stock and Book find a product by the same words, in any case of any letter, in both databases."""

from datetime import UTC, datetime

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, delete

from connect.settings import Settings
from dashboard.queries import shelf_search
from dashboard.queries.bookings import products
from dashboard.queries.shelf_search import Search
from tests.support.page_database import write
from tests.support.store_records import level, product
from views.database.engine import open_database, writing
from views.database.tables import METADATA

NAMES = [
    "Äpfel",
    "ÄPFEL rot",
    "Grüner Tee",
    "crème BRÛLÉE",
    "ŁÓDŹ",
    "Хлеб чёрный",
    "100%_Saft",
    "Öl",
]
WORDS = st.text(st.sampled_from("äÄpPfFeElLöÖжЖлЛ%_' \\"), max_size=4)


@pytest.fixture
def engine(database: Settings) -> Engine:
    engine = open_database(database)
    fill(engine, NAMES)
    return engine


def fill(engine: Engine, names: list[str]) -> None:
    with writing(engine) as connection:
        for table in reversed(METADATA.sorted_tables):
            connection.execute(delete(table))
    catalogue = [product(f"0{number}", 10, name) for number, name in enumerate(names)]
    write(engine, [*catalogue, *(level(one.sku, 4) for one in catalogue)], datetime.now(UTC))


def in_stock(engine: Engine, words: str) -> list[str]:
    return sorted(one.name or "" for one in shelf_search.read(engine, Search("S1", words), 0, 99))


def in_book(engine: Engine, words: str) -> list[str]:
    return sorted(one.name or "" for one in products(engine, "S1", words, 99))


@pytest.mark.parametrize(
    ("words", "hits"),
    [
        ("äpfel", ["Äpfel", "ÄPFEL rot"]),
        ("ÄpFeL ROT", ["ÄPFEL rot"]),
        ("TEE GRÜN", ["Grüner Tee"]),
        ("Brûlée", ["crème BRÛLÉE"]),
        ("łódź", ["ŁÓDŹ"]),
        ("ЧЁРНЫЙ хлеб", ["Хлеб чёрный"]),
        ("%_", ["100%_Saft"]),
        ("ö", ["Öl"]),
        ("apfel", []),
        ("  04 ", ["ŁÓDŹ"]),
    ],
)
def test_words_are_found_in_any_case_of_any_letter(
    engine: Engine, words: str, hits: list[str]
) -> None:
    assert in_stock(engine, words) == in_book(engine, words) == sorted(hits)


@given(names=st.lists(WORDS.filter(str.strip), min_size=1, max_size=4), words=WORDS)
@example(names=["pÄÖ"], words="PäÖ")
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_search_finds_what_has_each_word_once_both_are_in_lower_case(
    engine: Engine, names: list[str], words: str
) -> None:
    fill(engine, names)
    expected = sorted(
        name for name in names if all(word in name.lower() for word in words.lower().split())
    )
    assert in_stock(engine, words) == in_book(engine, words) == expected


def test_a_scan_with_blanks_around_it_is_the_product_of_that_code_alone(engine: Engine) -> None:
    write(engine, [product("04x", 10, "Longer code"), level("04x", 1)], datetime.now(UTC))
    assert [one.sku for one in products(engine, "S1", " 04\t", 1)] == ["04"]


@pytest.mark.parametrize("pasted", ["Öl " * 2000, "ö" * 60_000, "x" * 60_000])
def test_a_pasted_text_that_no_name_can_have_finds_nothing(engine: Engine, pasted: str) -> None:
    assert in_stock(engine, pasted) == in_book(engine, pasted) == []
    assert in_stock(engine, "Öl " * 100) == in_book(engine, "Öl " * 100) == ["Öl"]


def test_products_without_a_name_are_offered_last(engine: Engine) -> None:
    write(engine, [level("0x", 1)])
    assert [one.name for one in products(engine, "S1", "0", 99)][-2:] == ["Хлеб чёрный", None]
