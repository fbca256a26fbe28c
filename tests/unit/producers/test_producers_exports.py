"""Exports as tills, shops and ERPs write them become what right.json says of them."""

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from producers.replay.command import replay_command
from producers.replay.mapping import Mapping
from producers.replay.mapping_file import load_mapping
from producers.replay.mapping_proposal import propose_mapping
from schemas.generated import (
    Product,
    StockCount,
)
from tests.support.conformance_exports import BASE_UNITS, EXPORTS, RIGHT, units
from tests.support.exports import rejected, run

MAPPINGS = {
    "mended.rejects.csv": "first",
    "month_to_7th.csv": "month",
    "month_to_14th.csv": "month",
}
ZONES = {"kuwaiti_dinar.csv": "Asia/Kuwait", "loyverse_cancelled.csv": "Asia/Manila"}
REJECTED = {
    "square_items.csv": 1,
    "scientific_barcodes.csv": 3,
    "first.csv": 1,
    "zettle_sales.xlsx": 2,
    "inventur.csv": 5,
    "ebay_orders.csv": 2,
    "stock_by_store.csv": 1,
}


def mapping_of(tmp_path: Path, file: str) -> Mapping:
    """The mapping beside a file; of a known export the one that is proposed."""
    path = EXPORTS / f"{MAPPINGS.get(file, Path(file).stem)}.toml"
    if path.exists():
        return load_mapping(path)
    return propose_mapping(EXPORTS / file, tmp_path / "m.toml", ZONES.get(file, "UTC")).mapping


def replayed(tmp_path: Path, file: str) -> list[Any]:
    records = run(tmp_path, EXPORTS / file, mapping_of(tmp_path, file))
    assert len(rejected(tmp_path)) == REJECTED.get(file, 0), rejected(tmp_path)
    return records


@pytest.mark.parametrize("name", [name for name in RIGHT if "units" in RIGHT[name]])
def test_units_are_those_of_the_export(tmp_path: Path, name: str) -> None:
    records = [record for file in name.split(" + ") for record in replayed(tmp_path, file)]
    right = {
        key: round(value * BASE_UNITS.get(key.split("|")[1], 1))
        for key, value in RIGHT[name]["units"].items()
    }
    counted = units(records)
    assert {key: count for key, count in counted.items() if count} == {
        key: count for key, count in right.items() if count
    }
    times = {
        record.receipt_id: record.occurred_at for record in records if hasattr(record, "receipt_id")
    }
    for receipt, time in RIGHT[name].get("times", {}).items():
        assert times[receipt].isoformat() == f"{time}+00:00"
    if "amount" in RIGHT[name]:
        assert sum(record.line_amount for record in records) == Decimal(RIGHT[name]["amount"])


def test_counts_and_write_offs_are_those_of_the_sheets(tmp_path: Path) -> None:
    right = RIGHT["stocktake.csv + writeoffs.csv"]
    counts = replayed(tmp_path, "stocktake.csv")
    assert all(isinstance(count, StockCount) for count in counts)
    assert {f"{c.store_id}|{c.sku}": c.quantity for c in counts} == right["counts"]
    assert units(replayed(tmp_path, "writeoffs.csv")) == right["changes"]


@pytest.mark.parametrize(
    "name", [name for name in RIGHT if "counts" in RIGHT[name] and "+" not in name]
)
def test_counts_are_those_of_the_sheet(tmp_path: Path, name: str) -> None:
    counts = replayed(tmp_path, name)
    held = {f"{each.store_id}|{each.sku}": each.quantity for each in counts}
    assert held == RIGHT[name]["counts"]


def test_products_with_variants_are_products_of_their_own(tmp_path: Path) -> None:
    products: list[Product] = replayed(tmp_path, "shopify_products.csv")
    assert [product.sku for product in products] == RIGHT["shopify_products.csv"]["products"]
    assert [product.name for product in products] == [
        "Mug, Large Large",
        "Mug, Large Small",
        "Bowl",
    ]


def test_variants_of_several_options_have_names_of_their_own(tmp_path: Path) -> None:
    lines = (EXPORTS / "shopify_products.csv").read_text("utf-8").splitlines()
    options = ["Option2 Value", "Red", "Red"]
    named = [f"{line},{more}" for line, more in zip(lines[:3], options, strict=True)]
    (tmp_path / "products.csv").write_text("\n".join(named), encoding="utf-8")
    proposal = propose_mapping(tmp_path / "products.csv", tmp_path / "m.toml", "UTC")
    products = run(tmp_path, tmp_path / "products.csv", proposal.mapping)
    assert [product.name for product in products] == [
        "Mug, Large Large Red",
        "Mug, Large Small Red",
    ]


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-8"])
def test_a_byte_order_mark_is_more_certain_than_the_mapping(tmp_path: Path, encoding: str) -> None:
    text = (EXPORTS / "unicode_text.toml").read_text(encoding="utf-8")
    (tmp_path / "m.toml").write_text(text.replace('"utf-16"', f'"{encoding}"'), encoding="utf-8")
    records = run(tmp_path, EXPORTS / "unicode_text.txt", load_mapping(tmp_path / "m.toml"))
    assert units(records) == {"B01|4006381333931": 2, "B01|4006381333948": 0}
    assert not rejected(tmp_path)


def test_digits_that_excel_lost_are_named(tmp_path: Path) -> None:
    replayed(tmp_path, "scientific_barcodes.csv")
    assert "sku: 4.00638E+12 is a number whose last digits" in rejected(tmp_path)[0][2]


def test_rounding_is_reported(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    replayed(tmp_path, "kuwaiti_dinar.csv")
    output = capsys.readouterr().out
    assert "line_amount has more digits than its contract and was rounded, in lines: 4;" in output
    assert "first in line 3, 1.425 to 1.42." in output


def test_a_dry_run_shows_the_events_and_sends_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("INVENTORY_STATE", str(tmp_path))
    arguments = [str(EXPORTS / "square_items.csv"), "--dry-run"]
    mapping = ["--mapping", "producers/mappings/exports/square_items.toml"]
    output = CliRunner().invoke(replay_command, [*arguments, *mapping]).output.splitlines()
    assert output[0].startswith("line 2: sold 1 Speckled Mug at Autumn Fair, 13 Sep")
    assert output[4] == "line 5: rejected, sku: expected a value, got nothing (column 'SKU')"
    expected = "read 5 = to send 4 + rejected 1; nothing was sent."
    assert output[-1] == expected
