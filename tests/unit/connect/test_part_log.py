"""A part logs lines with time, level, part and message; people read the message alone."""

import json
import logging
import re
import subprocess
import sys
import threading
import warnings
from pathlib import Path

import pytest

from connect import masking
from connect.errors import UserError
from connect.part_log import FORMAT, LOG, log_of
from connect.properties import properties

TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")


@pytest.fixture(params=["text", "json"])
def log_format(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv(FORMAT, request.param)
    return str(request.param)


def fields(line: str, log_format: str) -> dict[str, str]:
    """Return the fields of a line but its time, which is checked."""
    if log_format == "json":
        named: dict[str, str] = json.loads(line)
    else:
        time, level, rest = line.rstrip("\n").split(maxsplit=2)
        part, _, message = rest.partition(": ")
        named = {"time": time, "level": level, "part": part, "message": message}
    assert TIME.fullmatch(named.pop("time"))
    return named


def test_a_line_has_time_level_part_and_message(
    log_format: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with log_of("gate"):
        LOG.info("The gate is open: 100 %.")
        LOG.warning('p1 has not moved for 8 s: "x".')
    out, err = capsys.readouterr()
    line = {"level": "INFO", "part": "gate", "message": "The gate is open: 100 %."}
    assert fields(out, log_format) == line
    assert fields(err, log_format)["level"] == "WARNING"
    assert fields(err, log_format)["message"] == 'p1 has not moved for 8 s: "x".'


@pytest.mark.usefixtures("log_format")
def test_text_of_others_begins_no_line_of_its_own(capsys: pytest.CaptureFixture[str]) -> None:
    with log_of("gate"):
        LOG.info("first\n2026-01-01T00:00:00.000Z INFO    gate: forged\x1b[2J")
    lines = capsys.readouterr().out.splitlines()
    assert sum(line.startswith(("2", "{")) for line in lines) == 1
    assert "\x1b" not in "".join(lines)


def test_the_error_that_ends_a_part_is_its_last_line_and_its_exit_code(
    log_format: str, capsys: pytest.CaptureFixture[str]
) -> None:
    class OwnCodeError(UserError):
        exit_code = 7

    with pytest.raises(SystemExit) as end, log_of("job"):
        raise OwnCodeError("Kafka does not answer.")
    assert end.value.code == 7
    line = {"level": "ERROR", "part": "job", "message": "Kafka does not answer."}
    assert fields(capsys.readouterr().err, log_format) == line


def test_an_error_of_the_program_is_one_message_with_its_trace(
    log_format: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as end, log_of("views"):
        raise LookupError("no such thing")
    assert end.value.code == 1
    first, *further = capsys.readouterr().err.splitlines()
    assert fields(first, log_format)["level"] == "CRITICAL"
    assert all(line.startswith("  ") for line in further)
    assert "LookupError: no such thing" in "\n".join([first, *further])


def test_what_libraries_and_threads_report_is_in_the_log(
    log_format: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with log_of("views"):
        logging.getLogger("library.part").warning("a pool is full")
        warnings.warn("this is old", DeprecationWarning, stacklevel=1)
        for name, run in (("done", sys.exit), ("watch", lambda: 1 / 0)):
            thread = threading.Thread(target=run, name=name)
            thread.start()
            thread.join()
    lines = capsys.readouterr().err.splitlines()
    assert fields(lines[0], log_format)["message"] == "library.part - a pool is full"
    assert any("this is old" in line and "py.warnings" in line for line in lines)
    assert [line for line in lines if "The thread " in line] == [
        line for line in lines if "The thread watch ends." in line
    ]
    assert any("ZeroDivisionError" in line for line in lines)


def test_at_a_terminal_and_in_a_command_the_message_stands_alone(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    LOG.info("Sent 7 events.")
    assert capsys.readouterr().out == "Sent 7 events.\n"
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    with log_of("simulate") as lines:
        LOG.info("Sent 8 events.")
    assert not lines
    assert capsys.readouterr().out == "Sent 8 events.\n"
    with pytest.raises(UserError), log_of("simulate"):
        raise UserError("Kafka does not answer.")


@pytest.mark.usefixtures("log_format")
@pytest.mark.parametrize(
    ("line", "secret"),
    [
        ("sasl.password = it's s3cret", "it's s3cret"),
        ("basic.auth.user.info = planner:s3cret-too", "s3cret-too"),
        ("bearer.auth.token = t0ken", "t0ken"),
        ("sasl.oauthbearer.client.secret = 0auth", "0auth"),
    ],
)
def test_no_message_shows_a_secret_of_a_client_s_settings(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    line: str,
    secret: str,
) -> None:
    monkeypatch.setattr(masking, "_known", set())
    monkeypatch.setenv("PGPASSWORD", "of-database")
    file = tmp_path / "client.properties"
    file.write_text(f"{line}\nssl.ca.location = ca.pem\n")
    properties(str(file), "INVENTORY_KAFKA_CLIENT")
    message = f"The client has sent {secret} and of-database, trusting ca.pem."
    with log_of("gate"):
        LOG.info(message)
    shown = capsys.readouterr().out + UserError(message).format_message()
    assert secret not in shown
    assert "of-database" not in shown
    assert shown.count("ca.pem") == 2


def test_a_process_that_a_library_in_c_ends_shows_where() -> None:
    crash = "import ctypes\nfrom connect.part_log import log_of\n"
    crash += "with log_of('views'):\n    ctypes.string_at(0)"
    ended = subprocess.run(
        [sys.executable, "-c", crash], capture_output=True, text=True, check=False
    )
    assert ended.returncode < 0
    assert "string_at" in ended.stderr
