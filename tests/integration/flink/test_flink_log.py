"""Flink's log has the lines of the parts' logs; its warnings reach standard output, too."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from stack.process import PROJECT

pytestmark = pytest.mark.slow
LOGS = """
import sys
from pathlib import Path
from pyflink.common import Configuration
from pyflink.java_gateway import get_gateway
from connect.settings import Settings
from flink.configuration import execution_environment, prepare_process
prepare_process(Settings(state=Path(sys.argv[1]), log_format=sys.argv[2]))
execution_environment(Configuration())
java = get_gateway().jvm
log = java.org.apache.logging.log4j.LogManager.getLogger("org.apache.flink.runtime.Task")
log.info("begins")
log.warn('two "quoted"\\nlines', java.java.lang.RuntimeException("why"))
java.java.lang.System.err.println("on standard error")
"""
TEXT = re.compile(r"(?P<time>\S+Z) (?P<level>\w+) +(?P<part>\w+): (?P<message>.*)")


def fields(line: str, log_format: str) -> dict[str, str]:
    if log_format == "json":
        parsed: dict[str, str] = json.loads(line)
        return parsed
    match = TEXT.fullmatch(line)
    assert match, line
    return match.groupdict()


@pytest.mark.parametrize("log_format", ["text", "json"])
def test_flink_s_log_has_the_fields_of_the_parts(tmp_path: Path, log_format: str) -> None:
    # PyFlink has set FLINK_HOME and others in this process.
    environment = {name: value for name, value in os.environ.items() if "FLINK" not in name}
    command = [sys.executable, "-c", LOGS, str(tmp_path), log_format]
    done = subprocess.run(
        command, cwd=PROJECT, env=environment, capture_output=True, text=True, check=True
    )
    warning, *further = done.stdout.splitlines()
    shown = fields(warning, log_format)
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", shown["time"])
    assert (shown["level"], shown["part"]) == ("WARNING", "job")
    assert shown["message"].startswith("Task - two ")
    assert '"quoted"' in shown["message"]
    assert "java.lang.RuntimeException: why" in "\n".join([shown["message"], *further])
    assert further[-1] == "on standard error"
    (file,) = (tmp_path / "logs").glob("flink-job-*.log")
    lines = [line for line in file.read_text().splitlines() if "Task - " in line]
    assert [fields(line, log_format)["level"] for line in lines] == ["INFO", "WARNING"]
    assert "\tat " in file.read_text().replace("\\t", "\t"), "with the whole trace"
