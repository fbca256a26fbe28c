"""Files of the job's SQL: which of them the job runs, and the statement of each.

The job runs flink/sql/*.sql but the planner's options, staging/stg_*.sql and the generated view of
all events; functions/ and the generated tables read no contract, conversions/ belong to
flink.convert.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from sqlglot import exp

from contracts import naming
from contracts.errors import InvalidContractError
from contracts.readers.reads import Reads, UnsupportedQueryError, line_of, require_only
from contracts.readers.relation import Relation
from contracts.readers.sql_text import trees_of
from contracts.text_file import document_text

SQL = Path("flink") / "sql"
EVENTS = Path("generated") / "events.sql"
"""File of the view that unites the staging views, in the folder SQL."""
STAGING = SQL / "staging"
OPTIONS = ("planner.sql", "option.sql")
"""Files without a statement of their own."""
ELSEWHERE = ("functions", "generated", "conversions")
"""Folders whose files are no statements of the job."""
SETTINGS = (
    "kafka", "topic_prefix", "registry", "format", "prefix", "group", "conversion_group",
    "delivery", "transaction_milliseconds", "count_seconds", "movement_seconds",
    "finished_seconds", "days_milliseconds", "days_mini_batch",
)  # fmt: skip
"""The settings that flink.statements fills in."""
SETTING = re.compile(r"\$(?:\{(\w+)\})?")
OPTION = re.compile(r"^SET '.+?' = '.*';$", re.MULTILINE)
INSERT = re.compile(r"^INSERT INTO (\w+)", re.MULTILINE)
"""The form that the job knows an INSERT statement by."""
TARGET = re.compile(r"\bINTO\s+(\w+)", re.IGNORECASE)
COMMENTED = re.compile(r"(\s|--[^\n]*\n|/\*.*?\*/)*", re.DOTALL)
"""Text before a statement."""


@dataclass(slots=True)
class Statement:
    """One file with a view or an INSERT statement."""

    file: Path
    line: int = 1
    """Line of the name that it creates or inserts into."""
    creates: str | None = None
    inserts: str | None = None
    """Table that it inserts into."""
    columns: list[str] | None = None
    """Columns that an INSERT lists after the table's name."""
    query: exp.Expr | None = None
    result: Relation = field(default_factory=lambda: Relation([]))
    reads: Reads = field(default_factory=Reads)
    problem: tuple[str, int] | None = None
    """(sentence, line) of what cannot be followed."""
    followed: bool = True
    """False if a problem or a missing field is here or in a view that it reads."""
    error: InvalidContractError | None = None
    """The reason for which the file cannot be read at all."""

    def fail(self, error: InvalidContractError) -> None:
        """Note that the file cannot be read."""
        self.error, self.followed = error, False


def require_readable(statements: Iterable[Statement]) -> None:
    """Raise InvalidContractError for the first file that cannot be read at all."""
    for statement in statements:
        if statement.error:
            raise statement.error


def statements(folder: Path) -> list[Statement]:
    """Read the statement of each file."""
    files = sorted(each for each in folder.rglob("*") if each.suffix.lower() == ".sql")
    return [_statement(file, folder) for file in files if _is_read(file, folder)]


def _is_read(file: Path, folder: Path) -> bool:
    place = file.relative_to(folder)
    return place == EVENTS or not (str(place) in OPTIONS or place.parts[0] in ELSEWHERE)


def _statement(file: Path, folder: Path) -> Statement:
    """Return the statement of a file, or what is wrong with it."""
    statement = Statement(file)
    staged = file.parent == folder / "staging"
    if staged or file == folder / EVENTS:
        statement.creates = file.stem
    try:
        text = document_text(file, "text")
        if not statement.creates and (target := TARGET.search(re.sub("--.*", "", text))):
            statement.inserts = target[1]
        _require_place(file, folder)
        _fill(statement, text)
    except UnsupportedQueryError as error:
        statement.problem, statement.followed = (str(error), error.line), False
    except InvalidContractError as error:
        statement.fail(error)
    except RecursionError:
        statement.fail(too_deep(file))
    return statement


def too_deep(file: Path) -> InvalidContractError:
    """Return the error of a statement that Python cannot follow for its depth."""
    what = "an expression is nested too deeply: split it into named parts (WITH … AS)."
    return InvalidContractError(file, what)


def _require_place(file: Path, folder: Path) -> None:
    """Raise UnsupportedQueryError for a file that the job does not read."""
    staged = file.parent == folder / "staging" and file.name.startswith(naming.STAGING)
    if file.suffix != ".sql" or not (staged or file.parent == folder or file == folder / EVENTS):
        names = f"{SQL}/<name>.sql or {STAGING}/{naming.STAGING}<table>.sql"
        raise UnsupportedQueryError(f"the job reads no file of this name: expected {names}", 1)


def filled_in(text: str) -> str:
    """Return a text with 0 for each setting. Raises UnsupportedQueryError for an unknown one."""
    for setting in SETTING.finditer(text):
        if setting[1] not in SETTINGS:
            line = text.count("\n", 0, setting.start()) + 1
            what = f"{setting[0]} is no setting: expected ${{…}} with one of {', '.join(SETTINGS)}"
            raise UnsupportedQueryError(what, line)
    return SETTING.sub("0", text)


def _fill(statement: Statement, text: str) -> None:
    """Set the parts of a statement. Raises UnsupportedQueryError."""
    plain = OPTION.sub("", filled_in(text))
    first = plain.count("\n", 0, COMMENTED.match(plain).end()) + 1  # type: ignore[union-attr]
    trees = [tree for tree in trees_of(plain) if not isinstance(tree, exp.Semicolon | None)]
    view = statement.creates
    expected = f"CREATE TEMPORARY VIEW {view} AS SELECT …" if view else "INSERT INTO <table> …"
    if len(trees) != 1:
        count = f"{len(trees)} statements" if trees else "no statement"
        what = f"the file has {count}: expected one, {expected}"
        raise UnsupportedQueryError(what, line_of(trees[1]) if trees else 1)
    match trees[0]:
        case exp.Create(kind="VIEW", this=exp.Table() as name) as tree if name.name == view:
            require_only(tree, "this", "kind", "expression", "properties")
            if not tree.find(exp.TemporaryProperty):
                raise UnsupportedQueryError(f"expected {expected}", first)
        case exp.Insert() as tree if not view and INSERT.search(text):
            require_only(tree, "this", "expression")
            name = tree.this
            if isinstance(name, exp.Schema):
                name, statement.columns = name.this, [each.name for each in name.expressions]
            statement.inserts = name.name
        case _:
            raise UnsupportedQueryError(f"expected the statement {expected}", first)
    statement.line, statement.query = line_of(name), tree.expression
    for alias in tree.find_all(exp.Alias):
        if not isinstance(alias.parent, exp.Select):
            raise UnsupportedQueryError("AS names no column here", line_of(alias))
