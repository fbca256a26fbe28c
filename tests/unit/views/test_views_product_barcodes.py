"""The codes of products follow their records, and are looked up in an index."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from sqlalchemy import Engine, select

from connect.record_consumer import Received, Tombstone
from connect.settings import Settings
from schemas.generated import Product
from tests.support.store_records import product
from views.database.conflation import Batch
from views.database.engine import open_database, writing
from views.database.product_barcodes import BARCODES, skus_of
from views.database.write import empty, write


@pytest.fixture
def engine(database: Settings) -> Iterator[Engine]:
    opened = open_database(database)
    yield opened
    opened.dispose()


def read(engine: Engine, *records: Product | Tombstone) -> None:
    """Write a batch as the process of the read model does."""
    batch = Batch(
        Received(Product.TOPIC, 0, number, None, tombstone=each)
        if isinstance(each, Tombstone)
        else Received(Product.TOPIC, 0, number, each)
        for number, each in enumerate(records)
    )
    with writing(engine) as connection:
        write(connection, batch.changes)


def coded(sku: str, barcodes: str | None) -> Product:
    return replace(product(sku), barcodes=barcodes)


def skus(engine: Engine, code: str) -> list[str]:
    with engine.connect() as connection:
        return sorted(connection.scalars(skus_of(code)))


@pytest.mark.parametrize("written", ["012345678905", "0012345678905", "00012345678905"])
def test_a_code_is_known_in_all_its_lengths(engine: Engine, written: str) -> None:
    read(engine, coded("a", written), coded("b", "4006381333931 B-1"))
    for scanned in ("012345678905", "0012345678905", "00012345678905"):
        assert skus(engine, scanned) == ["a"]
    assert skus(engine, "12345678905") == []
    assert skus(engine, "b-1") == skus(engine, "4006381333931") == ["b"]


def test_a_upc_is_known_with_and_without_its_row_of_zeros(engine: Engine) -> None:
    read(engine, coded("short", "04252614"), coded("whole", "012345000065"))
    assert skus(engine, "042100005264") == skus(engine, "04252614") == ["short"]
    assert skus(engine, "01234565") == skus(engine, "0012345000065") == ["whole"]


def test_a_sku_that_is_such_a_number_is_a_code_too(engine: Engine) -> None:
    read(engine, coded("012345678905", None), coded("123", None))
    assert skus(engine, "0012345678905") == ["012345678905"]
    assert skus(engine, "123") == []


def test_codes_that_a_product_no_longer_has_are_gone(engine: Engine) -> None:
    read(engine, coded("a", "old both"), coded("b", "both both"), coded("c", "C"))
    read(engine, coded("a", "both new"), Tombstone(Product, ("c",)))
    held = {code: skus(engine, code) for code in ("old", "both", "new", "c")}
    assert held == {"old": [], "both": ["a", "b"], "new": ["a"], "c": []}


def test_a_table_that_is_emptied_leaves_no_code(engine: Engine) -> None:
    read(engine, coded("a", "x"))
    with writing(engine) as connection:
        empty(connection, Product)
        assert not connection.execute(select(BARCODES)).all()
