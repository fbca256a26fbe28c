"""Conversions: each topic of a succession gets the other's records, and none comes back."""

from flink import conversions
from schemas.generated import SUCCESSIONS, Shipment, Transfer


def test_a_converted_record_names_its_origin_and_is_not_converted_back() -> None:
    up = conversions.insert(Shipment, Transfer, "SELECT 1 FROM shipments")
    down = conversions.insert(Transfer, Shipment, "SELECT 1 FROM transfers")
    assert "MAP['converted-from', ENCODE('shipments', 'UTF-8')]" in up
    assert "DECODE(headers['converted-from'], 'UTF-8') <> 'shipments'" in down


def test_a_conversion_reads_the_accepted_and_writes_the_public_topic() -> None:
    up = conversions.insert(Shipment, Transfer, "SELECT 1 FROM shipments")
    assert up.startswith("INSERT INTO to_transfers\nWITH shipments AS (")
    assert "FROM from_shipments" in up


def test_its_file_is_named_by_both_contracts() -> None:
    path = conversions.file(Shipment, Transfer)
    assert path == conversions.CONVERSIONS / "shipment_to_transfer.sql"


def test_each_succession_has_its_conversion() -> None:
    assert all(conversions.file(old, new).exists() for old, new in SUCCESSIONS)
