"""The table of runs in docs/faults.md."""

import re
from collections.abc import Sequence
from pathlib import Path
from statistics import median

from tests.support.faults.fault_run import Result

DOCUMENT = Path(__file__).parents[3] / "docs" / "faults.md"
HEAD = (
    "| seed | faults | events | repeats | poisons | lost | twice | back, s | fresh, s | true |\n"
    "|---:|---|---:|---:|---:|---:|---:|---:|---:|---|\n"
)
ROW = re.compile(r"^\| (\d+) \| .*$", re.MULTILINE)


def write(results: Sequence[Result]) -> None:
    """Add runs to the document; a run of the same seed is replaced."""
    DOCUMENT.write_text(with_rows(DOCUMENT.read_text("utf-8"), results), "utf-8")


def with_rows(text: str, results: Sequence[Result]) -> str:
    """Return the document with the rows of runs."""
    begin, rest = text.split("<!-- runs -->\n")
    table, end = rest.split("<!-- end of runs -->\n")
    rows = {int(row[1]): row[0] for row in ROW.finditer(table)}
    rows |= {result.seed: _row(result) for result in results}
    body = "".join(f"{row}\n" for _, row in sorted(rows.items()))
    summary = _summary(list(rows.values()))
    return f"{begin}<!-- runs -->\n{summary}\n{HEAD}{body}<!-- end of runs -->\n{end}"


def _row(result: Result) -> str:
    cells = [
        result.seed, "; ".join(result.faults), f"{result.events:,}", f"{result.repeats:,}",
        result.poisons, result.lost, result.twice, f"{result.back:.1f}", f"{result.fresh:.1f}",
        "no" if result.wrong else "yes",
    ]  # fmt: skip
    return f"| {' | '.join(map(str, cells))} |"


def _summary(rows: Sequence[str]) -> str:
    cells = [[cell.strip() for cell in row.strip("|").split("|")] for row in rows]
    fresh = [float(each[8]) for each in cells]
    late = [float(each[8]) - float(each[7]) for each in cells]
    true = sum(each[9] == "yes" for each in cells)
    return (
        f"{len(rows)} runs, {true} of them with all true; lost "
        f"{sum(int(each[5]) for each in cells)}, twice {sum(int(each[6]) for each in cells)}. "
        f"Fresh after the end of the last fault: median {median(fresh):.1f} s, worst "
        f"{max(fresh):.1f} s; after all processes are back: median {median(late):.1f} s, worst "
        f"{max(late):.1f} s.\n"
    )
