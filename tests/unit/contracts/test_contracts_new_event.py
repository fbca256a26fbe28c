"""`new` writes a contract and its staging view; `check` names whatever else is forgotten."""

import json
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from contracts.__main__ import main

ROOT = Path(__file__).parents[3]
MEANING = ("audit/stock_events.py", "tests/support/oracle.py")
COPIED = ("schemas", "flink/sql", "flink/java", "audit", "dashboard/text", "tests/support")
LEVELS = "flink/sql/4_inventory_levels.sql"
LEDGER = "flink/sql/5_stock_ledger.sql"
QUARANTINE = "flink/sql/10_quarantine.sql"
JAVA = "flink/java/StockLevel.java"
IDS = "flink/java/FirstDelivery.java"
WORDS = "dashboard/text/movement_words.py"
EVENTS = "flink/sql/generated/events.sql"
VIEW = "flink/sql/staging/stg_donations.sql"


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A copy of all that an event touches."""
    for folder in COPIED:
        ignored = shutil.ignore_patterns("__pycache__", *(["*.py"] if folder == "schemas" else []))
        shutil.copytree(ROOT / folder, tmp_path / folder, ignore=ignored)
    return tmp_path


def new(tree: Path, *arguments: str) -> Result:
    required = ["--owner", "store-operations", "--doc", 'Units "given" to a charity.']
    schemas = ["--schemas", str(tree / "schemas")]
    return CliRunner().invoke(main, ["new", *arguments, *required, *schemas])


def check(tree: Path) -> list[tuple[str, str, int]]:
    """Return (rule, file, line) of the findings about statements and events."""
    result = CliRunner().invoke(
        main, ["check", "--schemas", str(tree / "schemas"), "--format", "json"]
    )
    return [
        (each["rule"], str(Path(each["file"]).relative_to(tree)), each["line"])
        for each in json.loads(result.stdout)
        if each["part"] in ("statement", "event")
    ]


def line(tree: Path, file: str, text: str) -> int:
    lines = (tree / file).read_text("utf-8").splitlines()
    return next(number for number, each in enumerate(lines, 1) if text in each)


def append(tree: Path, file: str, text: str) -> None:
    with (tree / file).open("a", encoding="utf-8") as opened:
        opened.write(text)


def test_everything_but_the_meaning_is_written_and_check_names_the_rest(tree: Path) -> None:
    result = new(tree, "donation", "--removes")
    assert result.exit_code == 0, result.output
    assert "schemas/donation.avsc" in result.stdout
    assert "-CAST(quantity AS BIGINT) AS quantity" in (tree / VIEW).read_text("utf-8")
    places = [(each, line(tree, each, text)) for each, text in zip(
        MEANING, ("    match event:", "def _nature("), strict=True
    )]  # fmt: skip
    for file, number in places:
        assert f"{file}:{number}: " in result.stdout
    # The view of all events is generated; until then the new one reaches no statement.
    forgotten = [("event-without-meaning", *place) for place in places]
    unread = ("contract-not-staged", VIEW, line(tree, VIEW, "CREATE"))
    assert check(tree) == [unread, *forgotten]
    append(tree, EVENTS, "UNION ALL\nSELECT * FROM stg_donations\n")
    assert check(tree) == forgotten
    for file in MEANING:
        append(tree, file, "\nDonation\n")
    assert check(tree) == []


def test_a_kind_that_no_statement_counts_is_named_by_new_and_by_check(tree: Path) -> None:
    result = new(tree, "donation", "--kind", "donation")
    levels = "flink/sql/4_inventory_levels.sql"
    assert f"{levels}:{line(tree, levels, 'kind IN')}: " in result.stdout
    assert "StockLevel.java" in result.stdout
    append(tree, EVENTS, "UNION ALL\nSELECT * FROM stg_donations\n")
    assert ("value-not-handled", VIEW, line(tree, VIEW, "CREATE")) in check(tree)


PLACES: dict[str, tuple[str, str, str, str]] = {
    "levels": (LEVELS, "'count'", "'count', 'donation'", LEVELS),
    "ledger": (LEDGER, "'count'", "'count', 'donation'", LEDGER),
    "quarantine": (QUARANTINE, "'count'", "'count', 'donation'", QUARANTINE),
    "pattern of the ledger": (
        "schemas/ledger_entry.avsc", "|count|", "|count|donation|", LEDGER),
    "function": (JAVA, 'case "adjustment"', 'case "adjustment", "donation"', JAVA),
    "ids": (IDS, '"count",', '"count", "donation",', IDS),
    "words of the page": (WORDS, "KINDS = {", 'KINDS = {"donation": "given",', WORDS),
    "audit's event": (
        MEANING[0], "        case _:", '        case Donation():\n            kind = "donation"\n'
        "        case _:", MEANING[0]),
    "audit's kind": (MEANING[0], 'kind = "adjustment"', 'kind = "donation"', MEANING[0]),
    "oracle": (MEANING[1], "def _nature(", '# Donation: "donation"\ndef _nature(', MEANING[1]),
    "union": (EVENTS, "UNION ALL", "UNION ALL\nSELECT * FROM stg_donations\nUNION ALL", VIEW),
}  # fmt: skip
"""Place of a new kind -> file, text, text with the kind, file that `check` names without it."""


@pytest.mark.parametrize("forgotten", ["nothing", *PLACES])
def test_each_forgotten_place_of_an_event_that_moves_stock_is_named(
    tree: Path, forgotten: str
) -> None:
    new(tree, "donation", "--removes", "--kind", "donation")
    skipped = {"audit's event": {"audit's event", "audit's kind"}}.get(forgotten, {forgotten})
    for place, (file, old, text, _) in PLACES.items():
        if place not in skipped and (place != "audit's kind"):
            path = tree / file
            before = path.read_text("utf-8")
            assert old in before
            path.write_text(before.replace(old, text, 1), "utf-8")
    if forgotten == "audit's kind":
        path = tree / MEANING[0]
        path.write_text(path.read_text("utf-8").replace('"donation"', '"adjustment"'), "utf-8")
    named = [file for _, file, _ in check(tree)]
    assert named == ([] if forgotten == "nothing" else [PLACES[forgotten][3]])


def test_a_new_kind_is_listed_with_each_place_that_names_the_kinds(tree: Path) -> None:
    result = new(tree, "donation", "--kind", "donation")
    for file, text in (
        (LEVELS, "WHERE kind IN"), (LEDGER, "WHERE kind IN"), (QUARANTINE, "kind NOT IN"),
        (JAVA, "boolean total("), (IDS, "IN_LEDGER ="), (WORDS, "KINDS = {"),
        (MEANING[1], "def _nature("),
    ):  # fmt: skip
        assert f"{file}:{line(tree, file, text)}: " in result.stdout


def test_an_event_without_its_staging_view_is_named(tree: Path) -> None:
    new(tree, "donation")
    (tree / VIEW).unlink()
    number = line(tree, "schemas/donation.avsc", '"flink"')
    assert ("contract-not-staged", "schemas/donation.avsc", number) in check(tree)


@pytest.mark.parametrize("lost", ["  reason,\n", "  CAST(NULL AS STRING) AS reference,\n"])
def test_a_staging_view_that_lacks_a_column_is_named(tree: Path, lost: str) -> None:
    new(tree, "donation")
    file = tree / "flink/sql/staging/stg_adjustments.sql"
    text = file.read_text("utf-8")
    assert lost in text
    file.write_text(text.replace(lost, "", 1), "utf-8")
    assert "statement-not-followed" in {rule for rule, _, _ in check(tree)}


def test_a_staging_view_with_columns_in_another_order_is_named(tree: Path) -> None:
    name = "flink/sql/staging/stg_adjustments.sql"
    file = tree / name
    text = file.read_text("utf-8")
    file.write_text(text.replace("  store_id,\n  sku,\n", "  sku,\n  store_id,\n"), "utf-8")
    assert check(tree) == [("statement-not-followed", name, line(tree, name, "CREATE"))]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("Donation",), "expected lower-case words"),
        (("adjustment",), "exists"),
        (("donation", "--topic", "products"), "belongs to"),
        (("donation", "--topic", "Gifts"), "lower-case letters"),
        (("donation", "--kind", "a gift"), "--kind"),
    ],
)
def test_a_name_that_cannot_be_used_writes_nothing(
    tree: Path, arguments: tuple[str, ...], words: str
) -> None:
    before = sorted(tree.rglob("*"))
    result = new(tree, *arguments)
    assert result.exit_code != 0
    assert words in result.output
    assert sorted(tree.rglob("*")) == before
