"""Beyond this computer the dashboard starts only with a login, or by an explicit setting."""

from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest
from click.testing import CliRunner
from streamlit.runtime.secrets import secrets_singleton
from streamlit.testing.v1 import AppTest

import dashboard
from connect.errors import UserError
from connect.secret_files import write_private
from connect.settings import Settings
from dashboard.__main__ import main
from dashboard.access import require_access_rule
from dashboard.web import frame

APP = Path(dashboard.__file__).with_name("app.py")
LOGIN = {
    "redirect_uri": "https://stock.example.com/oauth2callback",
    "cookie_secret": "of a test and long enough",
    "client_id": "stock",
    "client_secret": "of a test",
    "server_metadata_url": "https://id.example.com/.well-known/openid-configuration",
}


@pytest.fixture
def configured(monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """The section [auth] of Streamlit's secrets, which the test may change."""
    auth = dict(LOGIN)
    monkeypatch.setattr(secrets_singleton, "_secrets", {"auth": auth})
    return auth


@pytest.mark.parametrize("host", ["127.0.0.1", "127.0.1.1", "::1", "localhost"])
def test_on_this_computer_it_needs_nothing(host: str) -> None:
    require_access_rule(Settings(host=host))


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "", "192.168.1.7", "stock.example.com"])
def test_beyond_this_computer_it_refuses_to_start_and_names_each_remedy(host: str) -> None:
    started = CliRunner().invoke(main, env={"INVENTORY_HOST": host})
    assert started.exit_code == 1
    assert f"INVENTORY_HOST={host} " in started.output
    for remedy in ("[auth]", "INVENTORY_DASHBOARD_ACCESS", "proxy", "open"):
        assert remedy in started.output


@pytest.mark.parametrize("access", ["proxy", "open"])
def test_it_starts_there_when_a_setting_says_so_in_words(access: str) -> None:
    require_access_rule(Settings(host="0.0.0.0", dashboard_access=access))


def test_another_word_is_refused() -> None:
    with pytest.raises(UserError, match="restricted or proxy or open"):
        Settings.from_environment({"INVENTORY_DASHBOARD_ACCESS": "yes"})


def test_it_starts_there_with_a_login(configured: dict[str, str]) -> None:
    assert configured
    require_access_rule(Settings(host="0.0.0.0"))


def test_a_login_that_is_configured_in_part_is_refused(configured: dict[str, str]) -> None:
    del configured["client_id"]
    with pytest.raises(UserError, match=r"missing the following keys: \['client_id'\]"):
        require_access_rule(Settings())


def shown(app: AppTest) -> str:
    """Return the HTML of the page below its style."""
    bodies = "".join(each.proto.body for each in app.get("html"))
    return bodies.replace("<style>", "").partition("</style>")[2]


def test_with_a_login_the_page_shows_nothing_else_before_it() -> None:
    app = AppTest.from_file(str(APP), default_timeout=30)
    app.secrets["auth"] = dict(LOGIN)
    app.run()
    assert not app.exception
    assert [button.label for button in app.button] == ["Log in"]
    assert not app.selectbox
    assert "inv-" not in shown(app)


def test_a_secured_stack_s_pages_need_its_password(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = Settings(state=tmp_path, secure="1")
    settings.secret_files.folder.mkdir()
    write_private(settings.secret_files.dashboard_password, "pass-word\n")
    monkeypatch.setenv("INVENTORY_STATE", str(tmp_path))
    monkeypatch.setattr(frame, "watch", lambda: SimpleNamespace(outages={}))
    app = AppTest.from_file(str(APP), default_timeout=30).run()
    assert [field.label for field in app.text_input] == ["Password"]
    assert not app.selectbox
    app.text_input[0].set_value("pass").run()
    assert [error.value for error in app.error] == ["This is not the password."]
    assert "inv-" not in shown(app)
    app.text_input[0].set_value("pass-word").run()
    assert not app.exception
    assert not app.text_input
    assert [choice.label for choice in app.selectbox] == ["Store"]
    require_access_rule(replace(settings, host="0.0.0.0"))
    monkeypatch.setenv("INVENTORY_DASHBOARD_ACCESS", "open")
    assert not AppTest.from_file(str(APP), default_timeout=30).run().text_input
