"""Places outside the contract and its staging view that say what an event means."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from contracts.contract import Contract


@dataclass(frozen=True, slots=True, kw_only=True)
class MeaningPlace:
    """A place that names the class of each event, or each kind of movement."""

    file: str
    """Path below the project's folder."""
    at: str
    """Regular expression of the line."""
    task: str
    """The edit that an event needs there."""
    named_in: str | None = None
    """Files of which one must name the event's class, as a pattern of paths; None: `file`."""
    required: bool = True
    """True: without it the audit or the tests are wrong about the event."""


PLACES = (
    MeaningPlace(
        file="audit/stock_events.py",
        named_in="audit/*.py",
        at=r"    match event:",
        task="add its case to the definition of the level: units, kind, reason and reference",
    ),
    MeaningPlace(
        file="tests/support/oracle.py",
        at=r"def _nature\(",
        task="add its case to the tests' own definition: here and, where it differs, in `shelf`, "
        "`happened` and `moved`",
    ),
    MeaningPlace(
        file="tests/support/examples.py",
        at=r"events = st\.one_of\(",
        task="add random examples of it",
        required=False,
    ),
    MeaningPlace(
        file="tests/support/poisons.py",
        at=r"    changes: tuple\[",
        task="add bad values of its own fields; a valid value of each belongs into `good`",
        required=False,
    ),
    MeaningPlace(
        file="contracts/data_flow.py",
        at=r"PARTICIPANTS = \(",
        task="name who writes it, if that is a service of this project",
        required=False,
    ),
)


MOVES = (
    MeaningPlace(
        file="audit/stock_events.py",
        at=r"    match event:",
        task="its kind in the definition of the level",
    ),
    MeaningPlace(
        file="flink/sql/4_inventory_levels.sql",
        at=r" *WHERE kind IN \(",
        task="add it to the kinds that move stock",
    ),
    MeaningPlace(
        file="flink/java/StockLevel.java",
        at=r" *private static boolean total\(",
        task="add its case: the total that it counts in",
    ),
)
"""Places that name every kind that moves stock; one that names a kind says that it does."""
KIND_PLACES = (
    *MOVES,
    MeaningPlace(
        file="flink/sql/5_stock_ledger.sql",
        at=r" *WHERE kind IN \(",
        task="add it to the kinds of the ledger, and to the pattern of kind in its contract",
    ),
    MeaningPlace(
        file="flink/java/FirstDelivery.java",
        at=r" *private static final Set<StringData> IN_LEDGER",
        task="add it to the kinds of the ledger, whose ids are apart from those of the others",
    ),
    MeaningPlace(
        file="dashboard/text/movement_words.py",
        at=r"KINDS = \{",
        task="add its words",
    ),
    MeaningPlace(
        file="tests/support/oracle.py",
        at=r"def _nature\(",
        task="its kind in the tests' own definition",
    ),
)
"""Places that name every kind that moves stock."""


@dataclass(frozen=True, slots=True)
class Task:
    """An edit that an event needs."""

    place: MeaningPlace
    file: Path
    line: int


def missing(contract: Contract, project: Path) -> Iterator[Task]:
    """Yield the places of a project that do not name an event's class."""
    return _lacking(PLACES, rf"\b{contract.name}\b", project)


def moves_stock(kind: str, project: Path) -> bool:
    """Return True if a place says that events of a kind move stock."""
    there = sum((project / place.file).is_file() for place in MOVES)
    return len(list(_lacking(MOVES, rf"[\"']{kind}[\"']", project))) < there


def missing_kind(kind: str, project: Path) -> Iterator[Task]:
    """Yield the places of a project that do not name a kind that moves stock."""
    return _lacking(KIND_PLACES, rf"[\"']{kind}[\"']", project)


def _lacking(places: tuple[MeaningPlace, ...], name: str, project: Path) -> Iterator[Task]:
    pattern = re.compile(name)
    for place in places:
        file = project / place.file
        files = project.glob(place.named_in or place.file)
        if file.is_file() and not any(pattern.search(_text(each)) for each in files):
            text = _text(file)
            hit = re.search(f"^{place.at}", text, re.MULTILINE)
            line = text.count("\n", 0, hit.start()) + 1 if hit else 1
            yield Task(place, file, line)


def _text(file: Path) -> str:
    return file.read_text("utf-8", errors="replace")
