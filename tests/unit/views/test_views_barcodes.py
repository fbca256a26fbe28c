"""A code is the same however many zeros lead it; a wrong check digit is noticed, never mended."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from views.barcodes import check_digit, codes, forms, is_misread, is_of_a_store

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
    assert set(forms(code.zfill(length))) & set(forms(code))
    assert not is_misread(code.zfill(length))


@given(st.text("0123456789", min_size=13, max_size=13), st.integers(0, 12), st.integers(1, 9))
def test_one_wrong_digit_is_noticed(digits: str, place: int, added: int) -> None:
    wrong = digits[:place] + str((int(digits[place]) + added) % 10) + digits[place + 1 :]
    assert is_misread(f"{wrong}{check_digit(digits)}")


@pytest.mark.parametrize("code", ["123", "0123", "00123456789", "B-01", "١٢٣٤٥٦٧٨", "1234567²"])
def test_other_codes_stay_as_they_are_but_for_their_case(code: str) -> None:
    assert forms(code) == (code.lower(),)
    assert not is_misread(code)


def test_the_field_lists_codes() -> None:
    assert codes("4006381333931  96385074") == ["4006381333931", "96385074"]
    assert codes(None) == []


@pytest.mark.parametrize(
    ("printed", "whole"),
    [
        ("04252614", "042100005264"),
        ("01234505", "012000003455"),
        ("01234531", "012300000451"),
        ("01234543", "012340000053"),
        ("01234558", "012345000058"),
        ("01234565", "012345000065"),
        ("01234596", "012345000096"),
        ("11234562", "112345000062"),
    ],
)
def test_a_upc_without_its_zeros_is_the_same_code(printed: str, whole: str) -> None:
    whole = f"{whole[:-1]}{check_digit(whole[:-1])}"
    printed = f"{printed[:-1]}{whole[-1]}"
    assert not is_misread(printed)
    assert set(forms(printed)) & set(forms(whole)) == {f"00{whole}"}
    wrong = f"{printed[:-1]}{(int(whole[-1]) + 1) % 10}"
    assert not set(forms(wrong)) & set(forms(whole))


def test_an_ean_of_8_digits_that_could_be_such_a_upc_is_either() -> None:
    either = next(
        code
        for code in (f"0{number:06}{check_digit(f'0{number:06}')}" for number in range(10**5))
        if len(forms(code)) == 2
    )
    assert forms(either)[0] == either.zfill(14)
    assert not is_misread(either)
    assert forms("96385074") == ("00000096385074",)


def test_the_codes_that_a_store_gives_itself_differ_from_those_of_the_world() -> None:
    for own in ("2000300000128", "0200030000012", "200300000128", "412345678903", "02812345678903"):
        assert is_of_a_store(own), own
    for other in (
        "4006381333931",
        "012345678905",
        "36000291452",
        "24000003",
        "3000300000127",
        "2x",
    ):
        assert not is_of_a_store(other), other
