"""A setting that cannot be used ends in one sentence that names it."""

import os

import pytest

from connect.errors import UserError
from connect.settings import Settings


@pytest.mark.parametrize(
    "name",
    ["Europe", "Europe/Bärlin", "../etc", "/etc", "", "EST", "localtime", "right/Europe/Berlin"],
)
def test_a_time_zone_that_is_none_is_named(name: str) -> None:
    with pytest.raises(UserError, match="INVENTORY_TIME_ZONE: expected the IANA name") as error:
        Settings.from_environment({"INVENTORY_TIME_ZONE": name})
    assert repr(name) in error.value.message


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("DEDUP_SECONDS", "-1"),
        ("COUNT_SECONDS", "1000000001"),
        ("FINISHED_SECONDS", "-1"),
        ("AHEAD_HOURS", "nan"),
        ("AHEAD_HOURS", "inf"),
        ("CHECKPOINT_SECONDS", "0"),
    ],
)
def test_a_number_that_no_setting_can_have_is_named(name: str, text: str) -> None:
    smallest = 1 if name == "CHECKPOINT_SECONDS" else 0
    expected = f"INVENTORY_{name}: expected a number from {smallest} to 1,000,000,000, got {text}"
    with pytest.raises(UserError, match=expected):
        Settings.from_environment({f"INVENTORY_{name}": text})


def test_exactly_once_takes_checkpoints_before_kafka_aborts_what_is_published() -> None:
    variables = {"INVENTORY_DELIVERY": "exactly-once", "INVENTORY_CHECKPOINT_SECONDS": "300"}
    assert Settings.from_environment(variables).checkpoint_seconds == 300
    variables["INVENTORY_CHECKPOINT_SECONDS"] = "301"
    with pytest.raises(UserError, match=r"INVENTORY_CHECKPOINT_SECONDS: .*at most 300 with .*301"):
        Settings.from_environment(variables)
    del variables["INVENTORY_DELIVERY"]
    assert Settings.from_environment(variables).checkpoint_seconds == 301


@pytest.mark.parametrize("seconds", ["0", "-1", "86401", "nan", "inf"])
def test_a_day_of_lead_time_that_is_none_is_named(seconds: str) -> None:
    with pytest.raises(UserError, match="INVENTORY_DAY_SECONDS: expected more than 0 and at most"):
        Settings.from_environment({"INVENTORY_DAY_SECONDS": seconds})


@pytest.mark.parametrize("user", ["stock:s3cret", "s3cret"])
def test_a_password_in_the_registry_s_url_is_refused_and_not_shown(user: str) -> None:
    variables = {"INVENTORY_REGISTRY": f"https://{user}@registry:8443/apis"}
    with pytest.raises(UserError, match=r"INVENTORY_REGISTRY: .*REGISTRY_CLIENT") as error:
        Settings.from_environment(variables)
    assert "s3cret" not in error.value.message


@pytest.mark.parametrize(
    "url",
    [
        "postgresql+psycopg://stock:s3cret@db/inventory",
        "postgresql://:s3cret@/inventory?host=/run",
        "postgresql+psycopg://stock:s3/cret@db:5432/inventory",
        "postgresql+psycopg://stock@db/inventory?password=s3cret",
    ],
)
def test_a_password_in_the_database_s_url_is_refused_and_not_shown(url: str) -> None:
    with pytest.raises(UserError, match=r"INVENTORY_DATABASE: .*pgpass") as error:
        Settings.from_environment({"INVENTORY_DATABASE": url})
    assert "cret" not in error.value.message


@pytest.mark.parametrize(
    "url", ["", "postgresql+psycopg://stock@db:5432/inventory", "postgresql://u:@/x?host=/run"]
)
def test_a_database_s_url_without_password_is_accepted(url: str) -> None:
    assert Settings.from_environment({"INVENTORY_DATABASE": url}).database == url


@pytest.mark.parametrize(("processors", "expected"), [(None, 1), (1, 1), (2, 1), (3, 1), (8, 4)])
def test_the_job_takes_half_of_the_processors_unless_it_is_set(
    processors: int | None, expected: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "cpu_count", lambda: processors)
    assert Settings().job_parallelism == expected
    assert Settings(parallelism=3).job_parallelism == 3


def test_a_misspelt_setting_names_the_one_that_is_meant_and_no_others() -> None:
    with pytest.raises(UserError) as error:
        Settings.from_environment({"INVENTORY_TIMEZONE": "UTC"})
    assert error.value.message == (
        "INVENTORY_TIMEZONE is not a setting: did you mean INVENTORY_TIME_ZONE?"
    )


def test_a_variable_that_is_like_no_setting_lists_all_of_them() -> None:
    with pytest.raises(UserError, match=r"settings are: INVENTORY_HOST, .*INVENTORY_ALERTS\.$"):
        Settings.from_environment({"INVENTORY_XYZ": "1"})
