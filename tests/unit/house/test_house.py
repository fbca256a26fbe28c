"""House rules that a machine can check: words, names, docstrings and file names.

CONTRIBUTING.md describes the style; ruff checks that exceptions end in `Error` (N818) and
import-linter checks the layers.
"""

import ast
import re
import subprocess
import tomllib
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]

DROPPED_WORDS = (
    "told", "said", "asked", "texts", "happening", "happenings", "remembered", "whoever", "nobody",
    "wanted", "upto", "put aside", "puts aside", "shut out", "shuts out", "hand on", "handed on",
    "hands on", "pass over", "passed over", "passes over", "leave out", "left out", "leaves out",
)  # fmt: skip
"""Words of a private vocabulary; readers search for the terms of Kafka, Flink and Avro."""
DROPPED_NAMES = {"told", "said", "asked", "most", "least", "wanted", "found", "upto"}
"""Names of variables and parameters that do not state what they hold."""
QUESTION_WORDS = {"What", "Whether", "How", "Where", "Who", "Whom", "Whose", "Why"}

SHARED_FILE_NAMES = {"__init__.py", "__main__.py", "conftest.py", "command.py", "errors.py"}
"""Python's and pytest's own names; the commands of a folder; the exceptions of a folder."""
EXEMPT = re.compile(
    r"(^|/)generated/|^docs/(contracts\.md|asyncapi\.json)$"  # generated from the contracts
    r"|^schemas/([^/]+\.avsc$|released/)"  # a released contract never changes
    r"|^tests/conformance/.*(json|LICENSE)$|flink_reserved\.txt$"  # of other projects
    r"|^tests/conformance/exports/.*\.(csv|txt|xlsx?|ods)$"  # in the encodings of their origins
    r"|^LICENSE$|^requirements.*\.txt$|artifacts\.toml$"  # fixed or locked text
    r"|\.(png|svg)$"
    r"|^tests/unit/house/"  # holds the word lists
)

WORD = re.compile(
    r"(?<![A-Za-z])("
    + "|".join(word.replace(" ", r"[\s#*/_-]+") for word in DROPPED_WORDS)
    + r")(?![A-Za-z])",
    re.IGNORECASE,
)
TEST_IMPORT = re.compile(r"^\s*(?:from|import) tests\.(?!support\b)\S+", re.MULTILINE)
CLASS_NAMED_KIND = re.compile(r"\bkinds?: [\w\[, ]*type\[")


def line_of(text: str, position: int) -> int:
    return text.count("\n", 0, position) + 1


def dropped_words(text: str) -> list[str]:
    return [f"{line_of(text, hit.start())}: {hit[0]!r}" for hit in WORD.finditer(text)]


def defined_names(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Yield (line, name) of every variable, parameter, attribute, function and class."""
    for node in ast.walk(tree):
        match node:
            case (
                ast.Name(id=str(name), ctx=ast.Store())
                | ast.Attribute(attr=str(name), ctx=ast.Store())
                | ast.arg(arg=str(name))
                | ast.keyword(arg=str(name))
                | ast.FunctionDef(name=str(name))
                | ast.ClassDef(name=str(name))
                | ast.MatchAs(name=str(name))
            ):
                yield getattr(node, "lineno", 0), name


def poor_names(source: str) -> list[str]:
    names = sorted(set(defined_names(ast.parse(source))))
    return [
        f"{line}: name {name}" for line, name in names if name.strip("_").lower() in DROPPED_NAMES
    ] + [
        f"{line_of(source, hit.start())}: {hit[0]!r}: name it record_type"
        for hit in CLASS_NAMED_KIND.finditer(source)
    ]


def docstrings(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Yield (line, text) of every module, class, function and attribute docstring."""
    for node in ast.walk(tree):
        body = getattr(node, "body", None)
        for statement in body if isinstance(body, list) else ():
            match statement:
                case ast.Expr(value=ast.Constant(value=str(text))):
                    yield statement.lineno, text.strip()


def question_docstrings(source: str) -> list[str]:
    return [
        f"{line}: docstring {text.splitlines()[0]!r}"
        for line, text in docstrings(ast.parse(source))
        if text and re.split(r"\W", text.lstrip("(\"'`* "))[0].capitalize() in QUESTION_WORDS
    ]


def imported_tests(source: str) -> list[str]:
    return [
        f"{line_of(source, hit.end())}: {hit[0].strip()}: move what tests share to tests/support"
        for hit in TEST_IMPORT.finditer(source)
    ]


def repeated_names(paths: list[Path]) -> list[str]:
    counts = Counter(path.name for path in paths if path.name not in SHARED_FILE_NAMES)
    return sorted(str(path) for path in paths if counts[path.name] > 1)


def tracked_files() -> list[Path]:
    """The files of the repository, relative to the checkout."""
    listing = subprocess.run(
        ["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    names = listing.stdout.splitlines()
    return [Path(name) for name in names if not EXEMPT.search(name) and (ROOT / name).exists()]


def import_lists(pyproject: str) -> list[set[str]]:
    """The folders that import-linter and mypy check."""
    tool = tomllib.loads(pyproject)["tool"]
    return [set(tool["importlinter"]["root_packages"]), set(tool["mypy"]["packages"])]


def unseen_folders(paths: list[Path]) -> list[str]:
    """Folders of modules that are no package: import-linter would not look into them."""
    folders = {path.parent for path in paths}
    return sorted(str(folder) for folder in folders if folder / "__init__.py" not in paths)


def report(files: dict[Path, str], rule: Callable[[str], list[str]]) -> str:
    """Every place that breaks the rule, as lines of path:line: reason."""
    return "\n".join(f"{path}:{place}" for path, text in files.items() for place in rule(text))


@pytest.fixture(scope="module")
def files() -> dict[Path, str]:
    """Content by path of every file that the rules apply to."""
    return {path: (ROOT / path).read_text("utf-8") for path in tracked_files()}


@pytest.fixture(scope="module")
def sources(files: dict[Path, str]) -> dict[Path, str]:
    return {path: text for path, text in files.items() if path.suffix == ".py"}


def test_no_dropped_word_is_written(files: dict[Path, str]) -> None:
    places = report(files, dropped_words)
    assert not places, places
    assert not dropped_words("\n".join(map(str, files)))


def test_every_folder_of_modules_is_checked_for_its_imports(sources: dict[Path, str]) -> None:
    assert unseen_folders(list(sources)) == []
    tops = {path.parts[0] for path in sources}
    assert import_lists((ROOT / "pyproject.toml").read_text("utf-8")) == [tops, tops]


def test_names_state_what_they_hold(sources: dict[Path, str]) -> None:
    places = report(sources, poor_names)
    assert not places, places


def test_a_docstring_states_and_does_not_ask(sources: dict[Path, str]) -> None:
    places = report(sources, question_docstrings)
    assert not places, places


def test_no_file_imports_a_file_of_tests(sources: dict[Path, str]) -> None:
    places = report(sources, imported_tests)
    assert not places, places


def test_every_file_name_is_unique(sources: dict[Path, str]) -> None:
    assert repeated_names(list(sources)) == []


@pytest.mark.parametrize("word", DROPPED_WORDS)
def test_each_dropped_word_is_reported(word: str) -> None:
    assert dropped_words(f"first line\nThe record was {word.upper()}.") == [f"2: {word.upper()!r}"]
    assert not dropped_words(f"un{word}ly")


def test_a_dropped_word_across_two_lines_is_reported() -> None:
    assert dropped_words("records that are put\n    aside") == ["1: 'put\\n    aside'"]
    for text in ("# put\n# aside", "put_aside.py", "put-aside", "left_out()"):
        assert len(dropped_words(text)) == 1, text


@pytest.mark.parametrize(
    "source",
    [
        "found = 1",
        "def read(most): ...",
        "read(most=1)",
        "self._wanted = 1",
        "def told(): ...",
        "class Said: ...",
        "match value:\n    case int() as least: ...",
        "kind: type[Record]",
        "def read(kinds: list[type[Record]]): ...",
    ],
)
def test_a_poor_name_is_reported(source: str) -> None:
    assert len(poor_names(source)) == 1


def test_a_name_that_states_what_it_holds_is_accepted() -> None:
    assert not poor_names("records = found_records()\nlimit: int = 1\nkind: str = 'int'")


@pytest.mark.parametrize("word", sorted(QUESTION_WORDS))
def test_a_question_docstring_is_reported(word: str) -> None:
    for place in (f'"""{word} it is."""', f'class Record:\n    name: str\n    """{word} it is."""'):
        assert len(question_docstrings(place)) == 1
    for begin in ("(", "`", ""):
        assert len(question_docstrings(f'"""{begin}{word.lower()} it is."""')) == 1
    assert not question_docstrings(f'"""Return {word} it is."""')


def test_an_import_of_a_file_of_tests_is_reported() -> None:
    source = "import json\nfrom tests.unit.gate.test_x import y\nfrom tests.support.x import y\n"
    (place,) = imported_tests(source)
    assert place.startswith("2: from tests.unit.gate.test_x: ")


def test_a_repeated_file_name_is_reported() -> None:
    paths = [Path("gate/service.py"), Path("stack/service.py"), Path("gate/errors.py")]
    assert repeated_names([*paths, Path("connect/errors.py")]) == [
        "gate/service.py",
        "stack/service.py",
    ]


def test_a_folder_that_is_no_package_is_reported() -> None:
    paths = [Path("gate/__init__.py"), Path("gate/service.py"), Path("gate/inner/codes.py")]
    assert unseen_folders(paths) == ["gate/inner"]
