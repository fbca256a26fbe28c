"""The check of a field's values by themselves agrees with validate() of whole records."""

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from contracts.contract_file import load_all
from schemas import column_check
from schemas.generated import Transaction
from schemas.record import Record
from schemas.violations import ContractViolationError
from tests.support.random_records import records

NUMBERS = (0, 1, -1, 10**6, 10**6 + 1, -(10**6) - 1, 2**31 - 1, 2**31, -(2**31), 2**63, 2.0, True)
STRINGS = ("", "a", " a", "a\u200b", "a" * 100, "a" * 101, "a" * 200, "a" * 201, "EUR", "g", "sale")
DECIMALS = ("0", "-0.01", "0.001", "1E+3", "99999999.99", "1E+8", "-1E+10", "-9999999999.99", "NaN")
TIMES = (datetime(2026, 1, 1), datetime(2026, 1, 1, tzinfo=UTC), datetime.max.replace(tzinfo=UTC))
VALUES = st.sampled_from((None, b"", False, *NUMBERS, *STRINGS, *map(Decimal, DECIMALS), *TIMES))


@given(st.one_of([records(contract) for contract in load_all()]))
def test_values_of_a_valid_record_pass_the_checks_of_its_fields(record: Record) -> None:
    for field in record.FIELDS:
        assert column_check.of(field)(getattr(record, field.name))


@given(
    st.one_of([records(contract) for contract in load_all()]),
    st.one_of(VALUES, st.text(), st.integers(), st.decimals(allow_nan=False)),
)
def test_a_value_passes_if_and_only_if_a_record_with_it_is_valid(
    record: Record, value: Any
) -> None:
    for field in record.FIELDS:
        changed: Any = record
        try:
            replace(changed, **{field.name: value}).validate()
            is_valid = True
        except ContractViolationError:
            is_valid = False
        assert column_check.of(field)(value) is is_valid, field.name


@given(st.one_of([records(contract) for contract in load_all()]), st.lists(VALUES, min_size=1))
def test_all_values_pass_if_and_only_if_each_of_them_does(
    record: Record, values: list[Any]
) -> None:
    for field in record.FIELDS:
        are_valid = all(map(column_check.of(field), values))
        assert column_check.all_valid(field, values) is are_valid, field.name


def test_many_identifiers_are_checked_for_their_length() -> None:
    (field,) = [field for field in Transaction.FIELDS if field.name == "sku"]
    assert column_check.all_valid(field, ["a", "b" * 10])
    for other in ("", "c" * 1000, " a", "a\n", "a\u200b"):
        assert not column_check.all_valid(field, ["a", other, "b"])
