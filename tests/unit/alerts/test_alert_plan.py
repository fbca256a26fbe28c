"""The file of alerts: what it means, and what an error in it teaches."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from alerts.__main__ import main
from alerts.alert_plan import AlertPlan, StorePlan, load_plan
from alerts.kinds import Kind
from connect.errors import UserError
from connect.settings import PREFIX, Settings
from tests.support.alert_sinks import webhook_sink

TARGETS = '[targets]\nshop = "json://127.0.0.1/x"\nchat = "json://127.0.0.1/y"\n'


def plan(tmp_path: Path, text: str) -> AlertPlan:
    file = tmp_path / "alerts.toml"
    file.write_text(text)
    return load_plan(Settings(alerts=str(file)))


def test_a_store_without_a_table_has_the_default(tmp_path: Path) -> None:
    loaded = plan(
        tmp_path,
        'dashboard = "https://x"\n'
        + TARGETS
        + '[default]\ntargets = ["shop"]\n'
        + '[stores.S1]\ntargets = ["chat", "shop"]\nkinds = ["out"]\n[stores.S2]\n',
    )
    assert loaded.dashboard == "https://x"
    assert loaded.of("S9") == StorePlan(("shop",), tuple(Kind))
    assert loaded.of("S1") == StorePlan(("chat", "shop"), (Kind.OUT,))
    watched = loaded.subscriptions(["S1", "S2", "S9"])
    assert (watched[Kind.OUT], watched[Kind.LOW]) == (["S1", "S9"], ["S9"])


ERRORS = {
    "x = 1": "the file: 'x' is none of: dashboard, targets, default, stores",
    "dashboard = 1": "dashboard: expected the address of the pages in quotes",
    "targets = 1": "[targets]: expected a table",
    '[targets]\nshop = "nowhere"': "[targets] shop: expected a URL such as mailtos://…",
    TARGETS + '[default]\ntargets = "shop"': '[default] targets: expected a list such as ["shop"]',
    TARGETS + '[default]\ntargets = ["shp"]': (
        "[default] targets: 'shp' is none of: shop, chat; did you mean shop?"
    ),
    '[default]\ntargets = ["shop"]': (
        "[default] targets: 'shop' is none of: none, as [targets] is empty"
    ),
    TARGETS + '[stores.S1]\nkinds = ["lo"]': (
        "[stores.S1] kinds: 'lo' is none of: stalled, negative, out, low, overdue; "
        "did you mean low?"
    ),
    TARGETS + "[stores.S1]\ntarget = []": (
        "[stores.S1]: 'target' is none of: targets, kinds; did you mean targets?"
    ),
    "[stores]\nS1 = 3": "[stores.S1]: expected a table",
    "a = ": "is not readable as TOML: Invalid value (at end of document)",
}


@pytest.mark.parametrize("text", ERRORS)
def test_an_error_names_its_place_and_what_is_expected(tmp_path: Path, text: str) -> None:
    with pytest.raises(UserError) as raised:
        plan(tmp_path, text)
    assert raised.value.message.startswith(f"{PREFIX}ALERTS: {tmp_path / 'alerts.toml'}")
    assert ERRORS[text] in raised.value.message


def test_a_file_that_is_missing_is_named(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"x\.toml cannot be read: No such file"):
        load_plan(Settings(alerts=str(tmp_path / "x.toml")))


def run(tmp_path: Path, text: str, *arguments: str) -> tuple[int, str]:
    file = tmp_path / "alerts.toml"
    file.write_text(text)
    done = CliRunner().invoke(main, arguments, env={f"{PREFIX}ALERTS": str(file)})
    return done.exit_code, done.output


def test_check_prints_which_alerts_go_where_and_no_url(tmp_path: Path) -> None:
    text = TARGETS + '[default]\ntargets = ["shop"]\n[stores.S1]\nkinds = ["out", "low"]\n'
    assert run(tmp_path, text, "check") == (
        0,
        "default: stalled, negative, out, low, overdue to shop\nS1: out, low to no target\n",
    )


def test_check_names_a_url_that_nothing_can_send_to_without_its_password(tmp_path: Path) -> None:
    code, output = run(tmp_path, '[targets]\nshop = "nothing://user:secret@x"\n', "check")
    assert code == 1
    assert "[targets] shop: expected a URL as the library Apprise knows them" in output
    assert "secret" not in output


def test_try_sends_to_each_target_of_a_store_and_says_what_failed(tmp_path: Path) -> None:
    with webhook_sink() as sink, webhook_sink() as other:
        other.refuses = True
        text = f'[targets]\nshop = "{sink.url}"\nchat = "{other.url}"\n'
        text += '[default]\ntargets = ["shop", "chat"]\n[stores.S2]\n'
        code, output = run(tmp_path, text, "try", "S1")
        assert sink.arrivals[0].title == "S1: test"
        assert (code, output.splitlines()[0]) == (1, "shop: sent")
        assert output.splitlines()[-1] == "Error: These targets took no message: chat."
        assert run(tmp_path, text, "try", "S2")[1].endswith("S2 has no targets.\n")


def test_without_a_file_the_command_says_so() -> None:
    done = CliRunner().invoke(main, [], env={f"{PREFIX}ALERTS": ""})
    assert done.exit_code == 1
    assert f"{PREFIX}ALERTS names no file" in done.output
