"""A list with what is in stock becomes counts: in a column for each store, or beside products."""

import re
import tomllib
from pathlib import Path
from typing import Any

import duckdb
import pytest

from connect.errors import UserError
from producers.replay.mapping_file import parse_mapping
from producers.replay.mapping_toml import rendered
from schemas.generated import Product, StockCount
from tests.support.conformance_exports import EXPORTS, RIGHT
from tests.support.exports import rejected, run
from tests.support.markdown_files import ROOT
from tests.support.proposed_mappings import inspected, proposed, replayed, written

DOCS = ROOT / "docs" / "bring-your-own-data.md"
SQUARE = (
    "Token,Item Name,SKU,Category,Price,Current Quantity Main St,Stock Alert Count Main St,"
    "Current Quantity Harbor,Stock Alert Count Harbor\n"
    "T1,Bagel,BAG,Food,3.00,24,5,0,5\nT2,Ham,HAM,Food,10.00,7,2,,2\n"
)
LEXWARE = (
    "Artikelnummer;Bezeichnung;Warengruppe;Einheit;Bestand;Mindestbestand;Verkaufspreis\n"
    "0815;Schraube;Eisen;Stk;1.250;200;0,12\n0817;Draht;Eisen;m;12,5;5;2,40\n"
)
WOOCOMMERCE = (
    "ID,Type,SKU,Name,In stock?,Stock,Sale price,Regular price,Categories,Created at\n"
    "10,simple,FERN,Fern,1,12,,16.00,Prints,2020-01-01\n"
    "11,simple,GIFT,Card,1,,18.00,20.00,Cards,2020-01-01\n"
)
LISTS: dict[str, tuple[str, list[str], dict[str, int]]] = {
    "Square": (SQUARE, ["BAG", "HAM"], {"Main St|BAG": 24, "Main St|HAM": 7, "Harbor|BAG": 0}),
    "Lexware": (LEXWARE, ["0815", "0817"], {"Main|0815": 1250, "Main|0817": 12500}),
    "WooCommerce": (WOOCOMMERCE, ["FERN", "GIFT"], {"Main|FERN": 12}),
    "Lightspeed": (
        "id,sku,name,type,retail_price,inventory_Main_Outlet,reorder_point_Main_Outlet,"
        "inventory_Pier\nu1,MUG,Mug,Ceramics,15.00,7,2,0\n",
        ["MUG"],
        {"Main Outlet|MUG": 7, "Pier|MUG": 0},
    ),
    "Loyverse": (
        "Handle,SKU,Name,Category,Price [Old Town],In stock [Old Town],Low stock [Old Town],"
        "In stock [Port]\nchoco,10221,Choco,Food,15.00,40,10,12\n",
        [],
        {"Old Town|10221": 40, "Port|10221": 12},
    ),
    "Shopify": (
        "Handle,Title,Option1 Value,SKU,HS Code,Main Shop,Warehouse\n"
        "mug,Mug,L,MUG-L,,7,20\nmug,Mug,S,MUG-S,,3,12\n",
        [],
        {"Main Shop|MUG-L": 7, "Warehouse|MUG-L": 20, "Main Shop|MUG-S": 3, "Warehouse|MUG-S": 12},
    ),
    "a sheet": (
        "Artikelnr;Bezeichnung;Berlin;Potsdam;Gesamt;Datum\n"
        "K1;Käse;12;0;12;20.11.2026\nM1;Milch;;7;7;20.11.2026\n",
        [],
        {"Berlin|K1": 12, "Potsdam|K1": 0, "Potsdam|M1": 7},
    ),
}


def counts(records: list[Any]) -> dict[str, int]:
    held = [each for each in records if isinstance(each, StockCount)]
    return {f"{each.store_id}|{each.sku}": each.quantity for each in held}


@pytest.mark.parametrize("name", LISTS)
def test_stock_of_a_list_becomes_counts_and_its_goods_products(tmp_path: Path, name: str) -> None:
    text, products, stock = LISTS[name]
    records = replayed(tmp_path, written(tmp_path, text))
    assert [each.sku for each in records if isinstance(each, Product)] == products
    assert counts(records) == stock
    assert not rejected(tmp_path)
    years = {each.counted_at.year for each in records if isinstance(each, StockCount)}
    assert 2020 not in years


def test_a_crosstab_of_stores_is_proposed_as_it_is_mapped_by_hand(tmp_path: Path) -> None:
    file = EXPORTS / "stock_by_store.csv"
    assert counts(replayed(tmp_path, file)) == RIGHT[file.name]["counts"]
    assert "Check: 'Leeds', 'York', 'Hull' are taken for stores, and their num" in inspected(file)
    sources = re.findall('source = "(.+)"', proposed(tmp_path, file).text)
    assert sources == [f"stock-by-store-{store}" for store in ("Leeds", "York", "Hull")]


@pytest.mark.parametrize(
    "header",
    [
        "SKU,Name,2026-11-18,2026-11-19",
        "SKU,Name,Jan,Feb",
        "Code,Name,S,XL",
        "SKU,Name,Weight,Height",
        "SKU,Name,KW 47,KW 48",
    ],
)
def test_columns_of_days_and_sizes_are_no_stores(tmp_path: Path, header: str) -> None:
    first = header.split(",")[2]
    message = f"'{first}', .* may be days or sizes: see there, \"A column for each store\""
    with pytest.raises(UserError, match=message):
        proposed(tmp_path, written(tmp_path, f"{header}\nMUG,Mug,3,4\nCAP,Cap,0,7\n"))


@pytest.mark.parametrize(
    "text",
    [
        "Date,Code,Name,Branch,Qty In,Qty Out,Balance\n2026-11-26,A1,Mug,Main,5,2,8\n",
        "sku,title,quantity-reimbursed-cash,quantity-reimbursed-total\nA1,Mug,2,2\n",
        "sku,name,created_at,qty_ordered,qty_canceled,qty_invoiced,price\nA1,Mug,2026-11-26,2,0,2,4\n",
    ],
)
def test_amounts_of_other_kinds_are_no_counts_of_stores(tmp_path: Path, text: str) -> None:
    file = written(tmp_path, text)
    if "price" not in text:
        with pytest.raises(UserError, match="no columns of goods with amounts and times"):
            proposed(tmp_path, file)
    else:
        assert not counts(replayed(tmp_path, file))
        checks = " ".join(proposed(tmp_path, file).assumptions)
        assert "lines are products, and their 'qty_ordered' is not read" in checks
        assert "whatever its 'qty_canceled' (0 1); subtract it where" in checks


def section(title: str) -> str:
    return DOCS.read_text("utf-8").split(f"## {title}\n")[1].split("\n## ")[0]


def test_the_statement_of_the_docs_makes_lines_of_days(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    written(tmp_path, "SKU,Name,2026-11-18,2026-11-19\nMUG,Mug,3,2\n", "wide.csv")
    duckdb.sql(re.findall(r"```sql\n(.+?)```", section("A column for each store"), re.S)[0])
    assert Path("long.csv").read_text("utf-8").splitlines() == [
        "SKU,Name,Day,Sold",
        "MUG,Mug,2026-11-18,3",
        "MUG,Mug,2026-11-19,2",
    ]


LOTS = (
    "Store,SKU,Lot,Counted,Date\nS1,MILK,L1,5,2026-11-20\nS1,MILK,L2,5,2026-11-20\n"
    "S1,EGGS,L3,4,2026-11-20\nS1,TEA,L4,4,2026-11-20\nS1,TEA,L5,,2026-11-20\n"
)
WARNING = "Several counts of one product in one store at one moment: 1 products, such as MILK at S1"


def test_counts_of_lots_are_added_up_and_otherwise_a_warning(tmp_path: Path) -> None:
    file = written(tmp_path, LOTS)
    assert counts(replayed(tmp_path, file)) == {"S1|MILK": 10, "S1|EGGS": 4}
    assert [row[0] for row in rejected(tmp_path)] == ["5"]
    assert "Check: lines of one product that differ in 'Lot' are added up" in inspected(file)
    output = inspected(written(tmp_path, LOTS.replace("Lot", "Note")))
    assert f"Warning: {WARNING} in line 3. One of them counts" in output


def test_lots_are_added_up_as_the_docs_say(tmp_path: Path) -> None:
    file = written(tmp_path, LOTS.replace("Lot", "Note"))
    entries = proposed(tmp_path, file).entries
    (block,) = re.findall(r"```toml\n(.+?)```", section("Lots and bins"), re.S)
    added = tomllib.loads(block)
    entries["fields"]["quantity"] = added.pop("quantity")
    mapping = parse_mapping(tmp_path / "m.toml", rendered(entries | added, ()))
    assert counts(run(tmp_path, file, mapping)) == {"S1|MILK": 10, "S1|EGGS": 4}


NESTED = '{"id": 1, "date": "2026-11-20T10:00:00Z", "line_items": [{"sku": "A", "qty": 2}]}\n'


def test_nested_values_are_named_with_the_statement_that_makes_lines_of_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for text, name in ((NESTED, "line_items"), (f'{{"orders": [{NESTED.strip()}]}}', "orders")):
        message = f"Values are nested in '{name}': see there, \"Nested values\""
        with pytest.raises(UserError, match=message):
            proposed(tmp_path, written(tmp_path, text, "orders.jsonl"))
    written(tmp_path, NESTED, "orders.jsonl")
    monkeypatch.chdir(tmp_path)
    duckdb.sql(re.findall(r"```sql\n(.+?)```", section("Nested values"), re.S)[0])
    assert Path("lines.csv").read_text("utf-8").splitlines()[0] == "id,date,sku,qty"
