"""The job's functions in Java: the columns that each reads and returns, and its arguments.

flink/sql/functions/<name>.sql creates a function from a class in flink/java, whose annotations say
what Flink knows of it: @FunctionHint its row, @ArgumentHint the names of its arguments. The columns
that it reads are those that it gets by getFieldAs or looks up by columns.of.
"""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from contracts.readers.expression_types import name_of
from contracts.text_file import text_of

SQL, JAVA = Path("flink") / "sql" / "functions", Path("flink") / "java"
CREATED = re.compile(r"\bCREATE\b.*\bFUNCTION\s+(\w+)\s+AS\s+'(?:\w+\.)*(\w+)'", re.IGNORECASE)
ROW = re.compile(r'@FunctionHint\(.*?"ROW<(.*?)>"', re.DOTALL)
JOINED = re.compile(r'"\s*\+\s*"')
"""Between the parts of a text in Java."""
COLUMN = re.compile(r"(?:^|,)\s*(\w+) ([A-Z]\w*)")
"""Name and type of a column in ROW<name TYPE, …>, but no part of DECIMAL(18, 2)."""
ARGUMENT = re.compile(r'@ArgumentHint\(\s*name = "(\w+)"')
READ = re.compile(r'(?:\.getFieldAs|\bcolumns\.of)\("(\w+)"\)')
ON_TIME = "REQUIRE_ON_TIME"


class JavaFunction(NamedTuple):
    """A function of the job."""

    file: Path
    """File of its class, below the project's folder."""
    exists: bool
    """False if the file is missing."""
    arguments: tuple[str, ...]
    """Names of the arguments that it needs."""
    reads: tuple[str, ...]
    """Columns of its table that it reads."""
    returns: Mapping[str, str | None]
    """Columns of its rows -> type, as relation.Column has it; empty if they are not known."""


Functions = Mapping[str, JavaFunction | None]
"""Name in capital letters -> function; None where the project has no classes in Java."""


def functions(project: Path) -> Functions:
    """Return the functions that a project's SQL files create."""
    created: dict[str, JavaFunction | None] = {}
    for file in sorted((project / SQL).glob("*.sql")):
        for name, java_class in CREATED.findall(_text(file)):
            created[name.upper()] = _function(project, JAVA / f"{java_class}.java")
    return created


def _function(project: Path, file: Path) -> JavaFunction | None:
    if not (project / JAVA).is_dir():
        return None
    text = JOINED.sub("", _text(project / file))
    row = ROW.search(text)
    return JavaFunction(
        file=file,
        exists=(project / file).is_file(),
        arguments=(*ARGUMENT.findall(text), *(["on_time"] if ON_TIME in text else [])),
        reads=tuple(dict.fromkeys(READ.findall(text))),
        returns={name: name_of(each) for name, each in COLUMN.findall(row[1])} if row else {},
    )


def _text(file: Path) -> str:
    """Return a file's text; empty if it is none, which the job names at its start."""
    try:
        return text_of(file)
    except (OSError, ValueError):
        return ""
