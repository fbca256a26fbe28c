"""A proposal says which lines are events, which take goods back, and what a line is known by."""

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

from schemas.generated import ReplenishmentOrder
from tests.support.conformance_exports import EXPORTS
from tests.support.exports import rejected, run
from tests.support.proposed_mappings import proposed, replayed, sales, written
from tests.support.sales_text import CSV, mapped


def test_an_order_to_a_supplier_is_an_order_unless_it_is_cancelled(tmp_path: Path) -> None:
    orders = replayed(tmp_path, EXPORTS / "replenishment_orders.csv")
    assert all(isinstance(order, ReplenishmentOrder) for order in orders)
    assert [(order.order_id, order.status, order.quantity) for order in orders] == [
        ("PO-0004", "placed", 67),
        ("PO-0008", "placed", 84),
    ]
    assert orders[0].expected_at == datetime(2026, 7, 3, 22, 0, tzinfo=UTC)


def test_goods_received_beside_those_ordered_are_named(tmp_path: Path) -> None:
    text = "PO,SKU,Ordered,Received,Order date,Expected\nP1,A,3,2,2026-05-01,2026-05-03\n"
    assumptions = proposed(tmp_path, written(tmp_path, text)).assumptions
    assert "'Received' is not read: it needs [[events]] of its own" in assumptions


@pytest.mark.parametrize(
    ("column", "values"),
    [
        ("Event Kind", ("Item", "Tip")),
        ("Payment Type", ("Card", "Payment")),
        ("Type", ("Payment", "Refund")),
        ("Tax", ("Yes", "No")),
    ],
)
def test_words_for_charges_in_other_columns_choose_no_lines(
    tmp_path: Path, column: str, values: tuple[str, str]
) -> None:
    lines = [f"R{n},A,2,4.00,2026-05-0{n},{value}" for n, value in enumerate(values, start=1)]
    text = "\n".join([f"Receipt,SKU,Qty,Amount,Date,{column}", *lines])
    assert len(replayed(tmp_path, written(tmp_path, text))) == 2


@pytest.mark.parametrize(
    ("column", "counts", "no_event", "returned"),
    [
        ("Status", "Paid", "Cancelled", "Refund"),
        ("Void?", "false", "true", None),
        ("IsReturn", "0", None, "1"),
        ("Belegtyp", "Verkauf", "Storniert", "Retoure"),
        ("Annul\u00e9", "non", "oui", None),
        ("annullato", "no", "s\u00ec", None),
        ("Annulliert", "nein", "ja", None),
        ("Storno", "nein", "ja", None),
        ("Storno", "", "x", None),
        ("Art", "Verkauf", "annulliert", "Retoure"),
        ("Vorgang", "Verkauf", None, "Retoure"),
        ("Belegart", "Verkauf", None, "Gutschrift"),
        ("Buchungsart", "Verkauf", None, "R\u00fcckgabe"),
        ("Doc Type", "Invoice", None, "Credit Memo"),
        ("Line Type", "Item", "Tax", None),
        ("Positionstyp", "Artikel", "Trinkgeld", None),
    ],
)
def test_cancelled_lines_are_no_events_and_returns_come_back(
    tmp_path: Path, column: str, counts: str, no_event: str | None, returned: str | None
) -> None:
    lines = [f"R{n},A,2,4.00,2026-05-0{n},{value}" for n, value in
             enumerate((counts, no_event, returned), start=1) if value is not None]  # fmt: skip
    text = "\n".join([f"Receipt,SKU,Qty,Amount,Date,{column}", *lines])
    records = replayed(tmp_path, written(tmp_path, text))
    expected = [(2, "4.00")] + ([(-2, "-4.00")] if returned else [])
    assert [(each.quantity, str(each.line_amount)) for each in records] == expected
    assert not rejected(tmp_path)
    assert records[-1].event_id.endswith(":return") == bool(returned)
    checks = " ".join(proposed(tmp_path, tmp_path / "sales.csv").assumptions)
    for value, words in ((no_event, "are no events"), (returned, "take goods back")):
        sentence = f"lines whose '{column}' is {(value or '').lower()} {words}"
        assert (sentence in checks) == bool(value)


POS = {
    "beside the till": (
        "Bon;Kasse;Pos;SKU;Menge;Betrag;Datum",
        ("R1;1;1;A;1;1", "R1;1;2;B;1;1", "R1;2;1;A;1;1", "R1;2;2;B;1;1"),
        [("1", 1), ("1", 2), ("2", 1), ("2", 2)],
        "",
    ),
    "as the line": (
        "Bon;Pos;SKU;Menge;Betrag;Datum",
        ("R1;1;A;1;1", "R1;2;B;1;1", "R2;1;A;1;1"),
        [("unknown", 1), ("unknown", 2), ("unknown", 1)],
        "'Pos' is the number of a line in its receipt",
    ),
    "as the till": (
        "Receipt;POS;SKU;Qty;Amount;Date",
        ("R1;7;A;1;1", "R1;7;B;1;1", "R2;8;A;1;1", "R2;8;B;1;1"),
        [("7", 1), ("7", 2), ("8", 1), ("8", 2)],
        "'POS' is the till",
    ),
}


@pytest.mark.parametrize("name", POS)
def test_pos_is_the_line_of_a_receipt_or_the_till_by_its_content(tmp_path: Path, name: str) -> None:
    header, lines, expected, sentence = POS[name]
    text = "\n".join([header, *(f"{line};2026-05-02 08:03" for line in lines)])
    file = written(tmp_path, text)
    records = replayed(tmp_path, file)
    assert [(each.terminal_id, each.line_no) for each in records] == expected
    assert len({each.event_id for each in records}) == len(records)
    assumed = [each for each in proposed(tmp_path, file).assumptions if each.startswith("'P")]
    assert len(assumed) == bool(sentence)
    assert all(each.startswith(sentence) for each in assumed)


def test_lines_are_numbered_within_store_till_and_receipt(tmp_path: Path) -> None:
    lines = ("S1,1,R1,A", "S1,1,R1,B", "S1,2,R1,A", "S2,1,R1,A")
    text = "\n".join(["Store,Till,Receipt,SKU,Qty,Amount,Date",
                      *(f"{line},1,1.00,2026-05-02" for line in lines)])  # fmt: skip
    records = replayed(tmp_path, written(tmp_path, text))
    assert [record.line_no for record in records] == [1, 2, 1, 1]


def test_the_time_of_day_in_a_column_of_its_own_tells_sales_apart(tmp_path: Path) -> None:
    lines = ["A,1,1.00,2026-05-02,08:03", "A,1,1.00,2026-05-02,09:15"]
    for order in (lines, lines[::-1]):
        file = written(tmp_path, "\n".join(["SKU,Qty,Amount,Date,Time", *order]))
        assert {each.event_id for each in replayed(tmp_path, file)} == {
            "sales:A:2026-05-02:08%3A03",
            "sales:A:2026-05-02:09%3A15",
        }


def test_a_number_of_a_line_in_receipts_of_one_line_is_no_till(tmp_path: Path) -> None:
    text = "Beleg;Pos;Artikelnr;Menge;Betrag;Datum\n1;1;A1;2;4,00;26.11.2026 10:14\n"
    (sale,) = replayed(tmp_path, written(tmp_path, text))
    assert (sale.line_no, sale.quantity) == (1, 2)


def test_receipts_without_a_number_are_named(tmp_path: Path) -> None:
    file = written(tmp_path, "SKU,Qty,Amount,Date\nA,1,1.00,2026-05-02\n")
    assumptions = " ".join(proposed(tmp_path, file).assumptions)
    assert "are one receipt, as the file has no number of it" in assumptions


def test_a_till_that_no_column_names_is_named(tmp_path: Path) -> None:
    assumptions = proposed(tmp_path, written(tmp_path, sales("At", "2026-05-02"))).assumptions
    assert any("till of all lines is 'unknown'" in each for each in assumptions)


def test_a_yes_that_only_a_further_file_has_is_no_event_either(tmp_path: Path) -> None:
    text = "Receipt,SKU,Qty,Amount,Date,Storno\nR1,A,1,1.00,2026-05-01,{}\n"
    mapping = proposed(tmp_path, written(tmp_path, text.format("nein"))).mapping
    assert len(run(tmp_path, written(tmp_path, text.format("nein")), mapping)) == 1
    assert not run(tmp_path, written(tmp_path, text.format("ja"), "further.csv"), mapping)


def test_goods_that_are_named_as_a_return_are_sold(tmp_path: Path) -> None:
    text = "Receipt,SKU,Item,Category,Qty,Amount,Date\nR1,A,Reso,Training,1,1.00,2026-05-01\n"
    assert [sale.quantity for sale in replayed(tmp_path, written(tmp_path, text))] == [1]


def test_columns_that_nothing_is_made_of_are_named_with_their_few_values(tmp_path: Path) -> None:
    lines = [f"R{n},A,1,1.00,2026-05-02,{'swap' if n else 'sale'},{n}" for n in range(30)]
    text = "\n".join(["Receipt,SKU,Qty,Amount,Date,Action,Guest", *lines])
    assumptions = proposed(tmp_path, written(tmp_path, text)).assumptions
    (sentence,) = [each for each in assumptions if each.startswith("no field is made of")]
    assert "'Guest'" in sentence
    assert re.search(r"'Action' \((sale 1, swap 29|swap 29, sale 1)\)", sentence)


def test_values_that_may_choose_lines_are_named(tmp_path: Path) -> None:
    text = "Receipt,SKU,Qty,Amount,Date,Status\nR1,A,1,1.00,2026-05-01,open\nR2,A,1,1,2026-05-02,ok"
    assumptions = proposed(tmp_path, written(tmp_path, text)).assumptions
    later = "; one that only a later file has is no event"
    assert f"every line counts, whatever its 'Status' (open 1, ok 1){later}" in assumptions or (
        f"every line counts, whatever its 'Status' (ok 1, open 1){later}" in assumptions
    )


HEADER = "Receipt,SKU,Qty,Amount,Date"


def orders(column: str, *values: str) -> str:
    lines = [f"R{n},A,2,4.00,2026-05-0{n},{value}" for n, value in enumerate(values, start=1)]
    return "\n".join([f"{HEADER},{column}", *lines]) + "\n"


@pytest.mark.parametrize("column", ["Status", "Belegtyp", "Order state", "Fulfillment status"])
def test_a_value_that_only_a_later_file_has_is_no_event_and_a_warning(
    tmp_path: Path, column: str, capsys: pytest.CaptureFixture[str]
) -> None:
    first = written(tmp_path, orders(column, "Paid", "Open"))
    mapping = proposed(tmp_path, first).mapping
    assert len(run(tmp_path, first, mapping)) == 2
    assert "does not list" not in capsys.readouterr().err
    later = written(tmp_path, orders(column, "Paid", "Open", "Charged back"), "later.csv")
    assert len(run(tmp_path, later, mapping)) == 2
    assert (
        f"Warning: '{column}' has values that the mapping does not list: charged back (lines: 1, "
        "events: 0, first: line 4). List them in where or CASE before you send"
    ) in capsys.readouterr().err


@pytest.mark.parametrize("column", ["State", "Shipping State", "State Code (Billing)", "Pay type"])
def test_an_address_or_a_type_of_something_else_chooses_no_lines(
    tmp_path: Path, column: str, capsys: pytest.CaptureFixture[str]
) -> None:
    mapping = proposed(tmp_path, written(tmp_path, orders(column, "NY", "CA"))).mapping
    later = written(tmp_path, orders(column, "NY", "TX", "CA"), "later.csv")
    assert len(run(tmp_path, later, mapping)) == 3
    assert "does not list" not in capsys.readouterr().err


def test_a_value_that_a_written_mapping_does_not_list_is_a_warning(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    case = """quantity = '''CASE Name WHEN 'Milk, 1 l' THEN 1 WHEN 'x' THEN -1 ELSE 0 END'''"""
    (tmp_path / "sales.csv").write_bytes(CSV)
    run(tmp_path, tmp_path / "sales.csv", mapped(tmp_path, ('quantity = "Qty"', case)))
    error = capsys.readouterr().err
    assert '\'Name\' has values that the mapping does not list: pipe 5" "x" (lines: 1' in error
    field = ("terminal_id = \"'1'\"", 'terminal_id = "Name"')
    run(tmp_path, tmp_path / "sales.csv", mapped(tmp_path, ('quantity = "Qty"', case), field))
    assert "does not list" not in capsys.readouterr().err


def test_an_order_whose_status_has_changed_is_the_same_sale(tmp_path: Path) -> None:
    before = written(tmp_path, orders("Status", "Processing", "Completed", "Refund"))
    after = written(tmp_path, orders("Status", "Completed", "Completed", "Refund"), "after.csv")
    mapping = proposed(tmp_path, before).mapping
    ids = [[each.event_id for each in run(tmp_path, file, mapping)] for file in (before, after)]
    assert ids[0] == ids[1]
    assert len(set(ids[0])) == 3


@pytest.mark.parametrize(
    ("column", "value"),
    [("Order Status", "Refunded"), ("Status", "Returned"), ("Refunded", "Yes"),
     ("Transaktion erstattet", "Ja"), ("Status", "Failed"), ("Status", "Pending payment")],
)  # fmt: skip
def test_a_sale_that_came_to_nothing_is_no_event(tmp_path: Path, column: str, value: str) -> None:
    sale = "No" if value in ("Yes", "Ja") else "Completed"
    file = written(tmp_path, orders(column, sale, value, sale))
    assert [each.receipt_id for each in replayed(tmp_path, file)] == ["R1", "R3"]
    checks = " ".join(proposed(tmp_path, file).assumptions)
    assert f"lines whose '{column}' is {value.lower()} are no events" in checks


def test_a_refunded_sale_counts_if_the_refund_has_a_line_of_its_own(tmp_path: Path) -> None:
    for lines in (
        ("R1,A,1,1.00,2026-05-01,Sale,Yes", "R2,A,1,1.00,2026-05-02,Refund,No"),
        ("R1,A,1,1.00,2026-05-01,Sale,Yes", "R2,A,-1,-1.00,2026-05-02,Other,No"),
    ):
        text = "\n".join([f"{HEADER},Type,Refunded", *lines])
        assert [each.quantity for each in replayed(tmp_path, written(tmp_path, text))] == [1, -1]


def test_an_amount_of_returned_goods_is_no_answer_of_yes_or_no(tmp_path: Path) -> None:
    file = written(tmp_path, orders("Refunded quantity", "0", "1"))
    assert [each.receipt_id for each in replayed(tmp_path, file)] == ["R1", "R2"]
    checks = " ".join(proposed(tmp_path, file).assumptions)
    assert "every line counts, whatever its 'Refunded quantity' (" in checks


def test_full_width_digits_are_digits(tmp_path: Path) -> None:
    text = "Receipt,SKU,Qty,Amount,Date\nR1,A,\uff12,\uff13\uff10\uff10,2026-11-20\n"
    (sale,) = replayed(tmp_path, written(tmp_path, text))
    assert (sale.quantity, sale.line_amount) == (2, 300)


def test_exports_of_one_origin_have_one_source(tmp_path: Path) -> None:
    sources = {
        proposed(tmp_path, written(tmp_path, sales("At", "2026-05-02"), name))
        .mapping.events[0]
        .source
        for name in ("sales_2026-05.csv", "sales_2026-06.csv")
    }
    assert sources == {"sales"}
