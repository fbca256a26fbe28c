"""A mapping is valid as a whole, or an error names the entry."""

import tomllib
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from connect.errors import UserError
from producers.replay.file_parts import needed_columns
from producers.replay.mapping import RECORD_TYPES, fields
from producers.replay.mapping_file import load_mapping

SHIPPED = Path("producers/mappings")
RIGHT = """
contract = "shipment"
source = "depot"
event_id = ["note", "position"]
identical_lines = "repeats"
time_zone = "Europe/Berlin"

[fields]
store_id = { column = "store" }
sku = { column = "article" }
quantity = { product = ["cases", "units"] }
occurred_at = { column = "day", format = "%d.%m.%Y" }
"""


def written(folder: Path, text: str) -> Path:
    path = folder / "mapping.toml"
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize("path", sorted(SHIPPED.glob("*.toml")), ids=lambda path: path.stem)
def test_the_shipped_mappings_are_right(path: Path) -> None:
    mapping = load_mapping(path)
    for event in mapping.events:
        assert event.record_type in RECORD_TYPES.values()
        assert event.event_id


def test_a_mapping_is_loaded_whole(tmp_path: Path) -> None:
    mapping = load_mapping(written(tmp_path, RIGHT))
    (event,) = mapping.events
    assert event.record_type is RECORD_TYPES["shipment"]
    assert event.fields["sku"] == "article"
    assert event.fields["quantity"] == 'number("cases") * number("units")'
    assert event.fields["occurred_at"] == "strptime(am_pm(\"day\"), '%d.%m.%Y')"
    assert event.event_id == ("note", "position")
    assert not event.distinct
    names = {"note", "position", "store", "article", "cases", "units", "day"}
    assert names <= needed_columns(mapping)
    (tmp_path / "marked.toml").write_text(RIGHT, encoding="utf-8-sig")
    assert load_mapping(tmp_path / "marked.toml").events == mapping.events


def test_an_entry_above_several_events_names_its_place(tmp_path: Path) -> None:
    event = RIGHT.replace("[fields]", "[events.fields]").replace('source = "depot"\n', "")
    with pytest.raises(UserError, match=r"source stands in each of \[\[events\]\], not above them"):
        load_mapping(written(tmp_path, f'source = "depot"\n[[events]]\n{event}'))


def test_products_need_no_event_id(tmp_path: Path) -> None:
    rules = "\n".join(
        f'{name} = {{ column = "{name}" }}' for name in fields(RECORD_TYPES["product"])
    )
    mapping = load_mapping(written(tmp_path, f'contract = "product"\n[fields]\n{rules}'))
    assert mapping.events[0].event_id == ()


def test_constants_become_the_field_s_value(tmp_path: Path) -> None:
    text = RIGHT.replace('{ product = ["cases", "units"] }', "{ constant = 3 }")
    assert load_mapping(written(tmp_path, text)).events[0].fields["quantity"] == "3"


def test_lines_are_numbered_within_columns(tmp_path: Path) -> None:
    text = RIGHT.replace('{ product = ["cases", "units"] }', '{ number_within = ["note"] }')
    fields = load_mapping(written(tmp_path, text)).events[0].fields
    assert fields["quantity"] == 'row_number() OVER (PARTITION BY "note" ORDER BY file_line)'


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("contract", "contract =", "is not TOML"),
        ('"shipment"', '"inventory_level"', "contract: expected one of adjustment, repl"),
        ('source = "depot"', "", "source: expected a name"),
        ('"depot"', '"a:b"', "source: expected a name"),
        ('event_id = ["note", "position"]', "", "event_id: expected a list of column names"),
        ('["note", "position"]', "[]", "event_id: expected a list of column names, got \\[\\]"),
        ('["note", "position"]', '"note"', "event_id: expected a list, got 'note'"),
        ('"repeats"', '"same"', 'identical_lines: expected "repeats"'),
        ('identical_lines = "repeats"', "", 'identical_lines: expected "repeats"'),
        ("Europe/Berlin", "Europe/Bärlin", "time_zone: expected a name of the IANA database"),
        ("Europe/Berlin", "../etc/passwd", "time_zone: expected a name of the IANA database"),
        ("[fields]", "colour = 1\n[fields]", "colour is not an entry"),
        ("[fields]", "decimal_comma = 1\n[fields]", "decimal_comma: expected true or false"),
        ("[fields]", "[csv]\nquote = 1\n[fields]", "csv.quote is not an entry"),
        ("[fields]", '[csv]\nencoding = "utf-9"\n[fields]', "csv.encoding: expected a text enc"),
        ("[fields]", '[csv]\nencoding = "hex"\n[fields]', "csv.encoding: expected a text enc"),
        ("[fields]", '[files]\nnamed = {path = "a"}\n[fields]', "files.named: the replay has a"),
        ("[fields]", '[csv]\ndelimiter = ";;"\n[fields]', "csv.delimiter: expected one character"),
        ("[fields]", "[csv]\ncolumns = [1]\n[fields]", "csv.columns: expected a list of column"),
        ("[fields]", "[csv]\nskip = -1\n[fields]", "csv.skip: expected a number of lines"),
        ("[fields]", "[files]\nother = 5\n[fields]", "files.other: expected {path"),
        ("[fields]", "[columns]\nother = 5\n[fields]", "columns.other: expected the name of a col"),
        ('contract = "shipment"', "events = []", "contract|source|events: expected"),
        (
            "sku =",
            "skew =",
            "fields.skew is not a field of shipment; fields are: order_id, store_id",
        ),
        ('sku = { column = "article" }', "", "fields.sku is missing: add"),
        ('{ column = "article" }', '""', "fields.sku: expected the name of a column, an SQL"),
        ('{ column = "article" }', "{ column = 5 }", "fields.sku: expected the name of a column"),
        ('{ column = "article" }', '{ column = "a", x = 1 }', "fields.sku: expected the name of a"),
        ("%d.%m.%Y", "DD.MM.YYYY", 'fields.occurred_at: expected "iso", "epoch_s"'),
        ('{ product = ["cases", "units"] }', '{ product = ["a"] }', "product = \\[two columns\\]"),
        ("sku =", "event_id = { constant = 1 }\nsku =", "fields.event_id is not a field"),
    ],
)
def test_an_error_names_the_entry(tmp_path: Path, old: str, new: str, message: str) -> None:
    assert old in RIGHT
    path = written(tmp_path, RIGHT.replace(old, new, 1))
    with pytest.raises(UserError, match=message) as raised:
        load_mapping(path)
    assert str(path) in raised.value.message
    assert "\n" not in raised.value.message


def test_a_mapping_that_cannot_be_read_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="cannot be read: No such file"):
        load_mapping(tmp_path / "none.toml")
    (tmp_path / "deep.toml").write_text(f"part = {'[' * 5000}", encoding="utf-8")
    with pytest.raises(UserError, match="nested too deeply"):
        load_mapping(tmp_path / "deep.toml")
    (tmp_path / "latin.toml").write_bytes(b"contract = '\xe9'")
    with pytest.raises(UserError, match="is not UTF-8"):
        load_mapping(tmp_path / "latin.toml")


def test_a_wrong_type_is_never_a_traceback(tmp_path: Path) -> None:
    entries: dict[str, Any] = tomllib.loads(RIGHT)
    for name in entries:
        for value in ("1", "true", '"x"', "[]", "[1]", "{}", "1979-05-27"):
            lines = [line for line in RIGHT.splitlines() if not line.startswith(f"{name} =")]
            with suppress(UserError):
                load_mapping(written(tmp_path, "\n".join([f"{name} = {value}", *lines])))


TWO = """
time_zone = "Europe/Berlin"

[[events]]
contract = "shipment"
source = "goods"
event_id = ["note"]
identical_lines = "repeats"
where = "units > 0"
fields = { store_id = "store", sku = "article", quantity = "units", occurred_at = "day" }

[[events]]
contract = "adjustment"
source = "back"
event_id = ["note"]
identical_lines = "repeats"
[events.fields]
store_id = "store"
sku = "article"
quantity = "units"
reason = "'correction'"
occurred_at = "day"
"""


def test_one_file_may_hold_events_of_several_contracts(tmp_path: Path) -> None:
    first, second = load_mapping(written(tmp_path, TWO)).events
    assert (first.record_type.__name__, second.record_type.__name__) == ("Shipment", "Adjustment")
    assert (first.where, second.where) == ("units > 0", "true")


def test_two_events_of_one_file_need_two_sources(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="source: 'goods' stands in two"):
        load_mapping(written(tmp_path, TWO.replace('"back"', '"goods"')))


@pytest.mark.parametrize("name", ["stock_count", "adjustment", "transfer", "replenishment_order"])
def test_every_event_can_be_mapped(name: str) -> None:
    assert RECORD_TYPES[name].EVENT_TIME
