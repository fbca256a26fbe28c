"""A code is the same however many zeros lead it; a wrong check digit is noticed, never mended."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from views.barcodes import check_digit, codes, comparable, is_misread

PRINTED = ["4006381333931", "012345678905", "96385074", "14006381333938", "036000291452"]
"""Codes with the check digits that stand on packages."""


@pytest.mark.parametrize("code", PRINTED)
def test_a_code_of_a_package_has_the_right_check_digit_and_any_other_is_wrong(code: str) -> None:
    assert not is_misread(code)
    for digit in set("0123456789") - {code[-1]}:
        assert is_misread(code[:-1] + digit)


@given(st.text("0123456789", min_size=7, max_size=7), st.sampled_from([8, 12, 13, 14]))
def test_a_number_is_one_code_in_all_its_lengths(digits: str, length: int) -> None:
    code = f"{digits}{check_digit(digits)}"
    assert comparable(code.zfill(length)) == comparable(code)
    assert not is_misread(code.zfill(length))


@given(st.text("0123456789", min_size=13, max_size=13), st.integers(0, 12), st.integers(1, 9))
def test_one_wrong_digit_is_noticed(digits: str, place: int, added: int) -> None:
    wrong = digits[:place] + str((int(digits[place]) + added) % 10) + digits[place + 1 :]
    assert is_misread(f"{wrong}{check_digit(digits)}")


@pytest.mark.parametrize("code", ["123", "0123", "00123456789", "B-01", "١٢٣٤٥٦٧٨", "1234567²"])
def test_other_codes_stay_as_they_are_but_for_their_case(code: str) -> None:
    assert comparable(code) == code.lower()
    assert not is_misread(code)


def test_the_field_lists_codes() -> None:
    assert codes("4006381333931  96385074") == ["4006381333931", "96385074"]
    assert codes(None) == []
