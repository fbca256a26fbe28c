"""A proposal names what it cannot know of a line, or the file is refused; it never guesses."""

import re
from pathlib import Path

import pytest

from connect.errors import UserError
from tests.support.conformance_exports import EXPORTS
from tests.support.exports import rejected, run
from tests.support.proposed_mappings import proposed, replayed, written
from tests.support.sales_text import CSV, mapped


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "date,reference,product_id,location_id,location_dest_id,quantity\n"
            "2026-09-03,WH/OUT/1,A1,WH/Stock,Partners/Customers,3\n",
            "Nearest is the contract transfer, which needs a column for transfer_id",
        ),
        (
            "Transfer No,From Store,To Store,SKU,Qty Received,Date\nT1,A,B,A1,5,2026-09-03\n",
            "Nearest is the contract transfer",
        ),
        (
            "Date,Location,Time Zone,Amount\n2026-09-03,Main,America/New_York,12.00\n",
            "no columns of goods with amounts and times",
        ),
    ],
)
def test_moves_are_no_receipts_of_goods_and_payments_no_stores(
    tmp_path: Path, text: str, message: str
) -> None:
    with pytest.raises(UserError, match=message) as raised:
        proposed(tmp_path, written(tmp_path, text))
    assert "a column for ." not in raised.value.message


def test_goods_that_only_a_person_knows_to_be_received_are_named(tmp_path: Path) -> None:
    file = written(tmp_path, "Order,SKU,Qty,Date\nO1,A1,3,2026-09-03\n")
    checks = " ".join(proposed(tmp_path, file).assumptions)
    assert "lines are goods that were received: if they were sold, ordered" in checks


def test_goods_of_an_order_to_a_supplier_are_no_sales(tmp_path: Path) -> None:
    text = "PO Number,SKU,Qty,Unit Cost,Total,Order Date\nPO1,A1,10,2.00,20.00,2026-11-26\n"
    proposal = proposed(tmp_path, written(tmp_path, text))
    assert proposal.entries["contract"] == "shipment"
    assert "if they were sold, ordered or moved, map them as such" in " ".join(proposal.assumptions)


def test_goods_with_a_supplier_that_may_be_bought_are_named(tmp_path: Path) -> None:
    text = (
        "Invoice No;Supplier;Item No;Quantity;Amount;Invoice Date\nI1;Acme;A1;10;20,00;2026-11-26\n"
    )
    checks = proposed(tmp_path, written(tmp_path, text)).assumptions
    assert (
        "lines are goods that were sold: if they were bought, of 'Supplier', map them so" in checks
    )


@pytest.mark.parametrize(("amount", "verb"), [("1", "subtract"), ("-1", "add")])
def test_an_amount_that_came_back_in_a_column_of_its_own_is_named(
    tmp_path: Path, amount: str, verb: str
) -> None:
    text = f"Order,SKU,Qty Sold,Qty Returned,Amount,Date\nO1,A1,3,{amount},20.00,2026-11-26\n"
    checks = proposed(tmp_path, written(tmp_path, text)).assumptions
    sentence = f"every line counts, whatever its 'Qty Returned' ({amount} 1); {verb} it where"
    assert f"{sentence} an amount is to be without it" in checks


def test_lines_with_amounts_that_are_taken_for_products_are_named(tmp_path: Path) -> None:
    file = written(tmp_path, "SKU,Item,Qty,Price,When\nA1,Cap,2,4.00,yesterday\n")
    checks = " ".join(proposed(tmp_path, file).assumptions)
    assert "lines are products, and their 'Qty' is not read: of sales the file lacks" in checks


def test_each_line_is_read_in_its_own_zone(tmp_path: Path) -> None:
    for times in ("2026-09-03 10:14", "09/13/2026 10:14"):
        text = f"Receipt,SKU,Qty,Amount,Date,Timezone\nR1,A,1,1,{times},America/New_York\n"
        text += f"R2,A,1,1,{times},America/Los_Angeles\n"
        sold = replayed(tmp_path, written(tmp_path, text))
        assert [f"{each.occurred_at:%H:%M}" for each in sold] == ["14:14", "17:14"]
    file = written(tmp_path, text.replace("America/", "US & Canada "))
    checks = " ".join(proposed(tmp_path, file).assumptions)
    assert "'Timezone' is not read, as 'US & Canada" in checks


UNITS = {"kg": 2000, "cl": 20, "Dozen": 24, "ea": 2, "pair": 4, "lb": None, "OZ": None}


def test_units_of_measure_become_base_units_or_are_rejected(tmp_path: Path) -> None:
    lines = [f"R{n},A{n},2,{unit},1.00,2026-05-01" for n, unit in enumerate(UNITS)]
    text = "\n".join(["Receipt,SKU,Qty,UOM,Amount,Date", *lines])
    sold = replayed(tmp_path, written(tmp_path, text))
    assert [each.quantity for each in sold] == [units for units in UNITS.values() if units]
    assert len(rejected(tmp_path)) == 2
    checks = " ".join(proposed(tmp_path, tmp_path / "sales.csv").assumptions)
    assert "lines whose 'UOM' is lb or oz are rejected: write a factor" in checks
    assert "amounts are in pieces, of which one 'UOM' has: dozen 12, pair 2" in checks


@pytest.mark.parametrize("units", [("case",), ("case", "ea"), ("case", "kg")])
def test_a_unit_that_is_not_known_is_rejected_and_named(
    tmp_path: Path, units: tuple[str, ...]
) -> None:
    lines = [f"R{n},A{n},2,{unit},1.00,2026-05-01" for n, unit in enumerate((*units, "pcs."))]
    text = "\n".join(["Receipt,SKU,Qty,UOM,Amount,Date", *lines])
    file = written(tmp_path, text)
    checks = " ".join(proposed(tmp_path, file).assumptions)
    assert "lines whose 'UOM' is case are rejected: write a factor" in checks
    assert [each.sku for each in replayed(tmp_path, file)] == [
        f"A{n}" for n in range(1, len(lines))
    ]
    assert "UOM is 'case'" in rejected(tmp_path)[0][2]


def test_units_of_which_there_are_many_are_none_of_them_pieces(tmp_path: Path) -> None:
    lines = [f"A{n},2,box {n}" for n in range(30)]
    text = "\n".join(["SKU,Counted,UoM", "B1,3.5,kg", *lines])
    file = written(tmp_path, text)
    checks = " ".join(proposed(tmp_path, file).assumptions)
    assert "lines whose 'UoM' is box 0 or box 1 or" in checks
    assert [each.quantity for each in replayed(tmp_path, file)] == [3500]


def changed(tmp_path: Path, export: str, old: str, new: str) -> Path:
    text = (EXPORTS / export).read_text("utf-8")
    assert old in text
    return written(tmp_path, text.replace(old, new))


def test_moves_of_odoo_in_dozens_and_in_units_of_its_own(tmp_path: Path) -> None:
    before = [each.quantity for each in replayed(tmp_path, EXPORTS / "odoo_moves.csv")]
    dozens = changed(tmp_path, "odoo_moves.csv", ",Units,", ",Dozens,")
    assert [each.quantity for each in replayed(tmp_path, dozens)] == [12 * each for each in before]
    boxes = changed(tmp_path, "odoo_moves.csv", ",Units,", ",Box of 7,")
    with pytest.raises(UserError, match=r"None of the first .* fits the mapping"):
        replayed(tmp_path, boxes)


def test_goods_of_square_by_weight_and_dates_as_older_exports_have_them(tmp_path: Path) -> None:
    right = replayed(tmp_path, EXPORTS / "square_items.csv")
    text = (EXPORTS / "square_items.csv").read_text("utf-8")
    assert ",ea," in text
    american = re.sub(r"2026-(..)-(..)", r"\1/\2/2026", text)
    sold = replayed(tmp_path, written(tmp_path, american))
    assert [each.occurred_at for each in sold] == [each.occurred_at for each in right]
    sold = replayed(tmp_path, written(tmp_path, text.replace(",ea,", ",kg,")))
    assert [each.quantity for each in sold] == [1000 * each.quantity for each in right]
    with pytest.raises(UserError, match=r"None of the first .* fits the mapping"):
        replayed(tmp_path, written(tmp_path, text.replace(",ea,", ",lb,")))


def test_a_gift_card_of_toast_is_no_goods(tmp_path: Path) -> None:
    header, first, *_ = (EXPORTS / "toast_items.csv").read_text("utf-8").splitlines()
    card = first.replace(",7001,", ",7002,").replace("false,false,false", "false,true,false")
    file = written(tmp_path, "\n".join([header, first, card]))
    assert [each.event_id for each in replayed(tmp_path, file)] == ["toast:7001"]


def test_a_where_that_excludes_every_line_is_a_warning(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "sales.csv").write_bytes(CSV)
    nothing = mapped(tmp_path, ("[csv]", "where = \"SKU = 'none'\"\n[csv]"))
    assert not run(tmp_path, tmp_path / "sales.csv", nothing)
    assert "No line is an event: `where` excludes all 3 of them." in capsys.readouterr().err
