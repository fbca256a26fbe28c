"""The cause of a failed start in one line: statement, contract, field and Flink's words."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from py4j.protocol import Py4JJavaError
from pyflink.util.exceptions import JavaException

from flink import statements

JAVA_ERRORS = (Py4JJavaError, JavaException)
EXCEPTION = re.compile(r"(?:: |Caused by: )?(?:[a-z]\w*\.)+([A-Z][\w$]*)(?:: (.*))?")
"""The first line of an exception in a Java stack trace: its class and message."""
OF_A_STATEMENT = (
    "ValidationException",
    "SqlParserException",
    "TableException",
    "CalciteContextException",
)
"""Flink's errors of a statement. The innermost of them counts, else the innermost error of all."""
DETAILS = re.compile(r"\n\n|\bWas expecting\b")
"""Begin of what Flink adds to a sentence: schemas, options, all words that it would have taken."""
SCHEMA = re.compile(r"^(Query|Sink) schema: *\[(.*)\]$", re.MULTILINE)
COLUMN = re.compile(r"(?:^|, )(\w+): ")
SINK = re.compile(r"\b(?:sink|sink for|writing table) '(?:\w+\.)*(\w+)'")
LINE = re.compile(r"\bline (\d+), column \d+", re.IGNORECASE)
"""The place in a statement that Flink names first."""
STATEMENT = re.compile(r"^(?:CREATE|INSERT) ", re.MULTILINE)
"""Begin of a statement; a conversion's file has only a query, whose lines Flink does not know."""
TABLE = re.compile(r"\b(?:INTO|FROM|JOIN|TABLE) (\w+)")


@contextmanager
def planning(*files: Path) -> Iterator[None]:
    """Note the files of the statements on an error that Flink raises inside."""
    try:
        yield
    except JAVA_ERRORS as error:
        for file in files:
            error.add_note(str(file))
        raise


def sentence(error: Exception) -> str:
    """Return the cause of an error in one line."""
    messages = _messages(str(error))
    message = messages[-1]
    reason = " ".join(DETAILS.split(message)[0].split())
    files = _writers("\n".join(messages), [Path(note) for note in getattr(error, "__notes__", ())])
    if not files:
        return reason
    line = LINE.search(message) if len(files) == 1 else None
    at = f":{line[1]}" if line and STATEMENT.search(files[0].read_text("utf-8")) else ""
    places = ", ".join(str(statements.shown(file)) for file in files)
    return f"{places}{at}{_contracts(files)}: {_columns(message)}{reason}"


def _messages(trace: str) -> list[str]:
    """Return the messages of a stack trace's exceptions, down to the one that names the cause."""
    exceptions: list[list[str]] = []
    in_message = False
    for line in trace.splitlines():
        if started := EXCEPTION.fullmatch(line):
            exceptions.append([started[1], started[2] or ""])
            in_message = True
        elif line.lstrip().startswith(("at ", "... ")):
            in_message = False
        elif in_message:
            exceptions[-1].append(line)
    named = ["\n".join(lines[1:]) for lines in exceptions if lines[0] in OF_A_STATEMENT]
    return named or [f"{name}: {' '.join(lines)}" for name, *lines in exceptions] or [trace]


def _writers(message: str, files: list[Path]) -> list[Path]:
    """Return the files that write the sink that a message names; all files if it names none."""
    sink = SINK.search(message)
    inserted = f"INSERT INTO {sink[1]}\n" if sink else ""
    return [file for file in files if inserted in file.read_text("utf-8")] or files


def _contracts(files: list[Path]) -> str:
    """Name the contracts whose tables a statement reads or writes."""
    tables = {table for file in files for table in TABLE.findall(file.read_text("utf-8"))}
    contracts = [
        f"schemas/{file.stem}.avsc"
        for file in sorted(statements.EVENTS.parent.glob("*.sql"))
        if tables.intersection(statements.CREATED.findall(file.read_text("utf-8")))
    ]
    return f" ({', '.join(contracts)})" if contracts else ""


def _columns(message: str) -> str:
    """Name the columns that only the query or only the sink has."""
    schemas = {which: COLUMN.findall(columns) for which, columns in SCHEMA.findall(message)}
    query, sink = schemas.get("Query", []), schemas.get("Sink", [])
    missing = [name for name in sink if name not in query]
    further = [name for name in query if name not in sink]
    parts = [f"the query lacks {', '.join(missing)}"] if missing else []
    parts += [f"the contract lacks {', '.join(further)}"] if further else []
    return f"{' and '.join(parts)}: " if parts else ""
