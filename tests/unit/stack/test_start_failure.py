"""A failed start begins with its own cause: one line, of this start, of any service."""

from pathlib import Path
from typing import Any

import pytest

from connect.errors import UserError
from connect.settings import Settings
from stack import artifacts, logs
from stack.runtime import Stack

EARLIER = "Error: The registry does not answer.\n"


class Supervisor:
    """A supervisor whose service ends and starts again, with another process id each time."""

    def __init__(self) -> None:
        self.pid = -1

    def information(self) -> list[dict[str, Any]]:
        self.pid += 1
        return [{"name": "job", "pid": self.pid}]  # 0 at first: it does not run

    def start_process(self, name: str) -> None:
        pass


def failure(folder: Path, earlier: str, printed: str) -> list[str]:
    """Start a job after an earlier start; return the lines of the error when it has ended."""
    stack = Stack(Settings(state=folder, flink="cluster:8081"), ["job"])
    stack.supervisor = Supervisor()  # type: ignore[assignment]
    log = folder / "logs" / "job.log"
    log.parent.mkdir()
    log.write_text(earlier)
    artifacts.folder(folder, "flink").mkdir(parents=True)
    stack.start("job")
    with log.open("a") as file:
        file.write(printed)
    with pytest.raises(UserError) as error:
        stack.wait_until("job", lambda: False, "The Flink job did not become healthy", 30)
    return error.value.message.splitlines()


def test_the_cause_stands_first_and_then_the_end_of_the_log(tmp_path: Path) -> None:
    cause = "flink/sql/4_inventory_levels.sql: the query lacks last_sold_at"
    trace = "".join(f"\tat org.apache.flink.Planner.java:{line}\n" for line in range(70))
    lines = failure(tmp_path, EARLIER, f"Starting.\nError: {cause}\n{trace}")
    assert lines[0] == f"Flink job: {cause}"
    assert "ended 3 times" in lines[1]
    assert len(lines) < 20


def test_an_earlier_start_says_nothing_about_this_one(tmp_path: Path) -> None:
    lines = failure(tmp_path, EARLIER * 3, "Starting from the first event.\n")
    assert "The registry" not in "\n".join(lines)
    assert lines[-1].strip() == "Starting from the first event."


def test_a_start_that_wrote_nothing_does_not_show_the_earlier_log(tmp_path: Path) -> None:
    (line,) = failure(tmp_path, EARLIER, "")
    assert "it has written nothing since its start" in line


def test_a_rotated_log_is_read_from_its_beginning(tmp_path: Path) -> None:
    log = tmp_path / "job.log"
    log.write_text("Error: Kafka does not answer.\n")
    assert logs.cause(logs.lines_since(log, 10_000)) == "Kafka does not answer."


@pytest.mark.parametrize(
    ("lines", "cause"),
    [
        (
            [
                "2026-11-27T17:20:00.123Z ERROR   job: Kafka does not answer.",
                "2026-11-27T17:20:00.223Z ERROR   job: TaskManagerRunner - Terminating. ",
            ],
            "Kafka does not answer.",
        ),
        (
            [
                '{"time": "2026-11-27T17:20:00.123Z", "level": "ERROR", "part": "job", '
                '"message": "4_levels.sql: no \\"on_hand\\""}',
                "{not JSON",
            ],
            '4_levels.sql: no "on_hand"',
        ),
        (["Error: first", "Error: newest"], "newest"),
        (["Traceback (most recent call last):", "  File x", "KeyError: 'sku'"], "KeyError: 'sku'"),
        (
            ["[main] ERROR kafka.Kafka$ - Exiting Kafka due to fatal exception", "\tat x.Y.z"],
            "kafka.Kafka$ - Exiting Kafka due to fatal exception",
        ),
        (
            ["Starting", 'Exception in thread "main" java.net.BindException: in use', "\tat x"],
            'Exception in thread "main" java.net.BindException: in use',
        ),
        (["Starting", "An Error: in the middle of a line"], None),
    ],
)
def test_the_line_that_names_the_cause(lines: list[str], cause: str | None) -> None:
    assert logs.cause(lines) == cause
