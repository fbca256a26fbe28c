"""The page of the cost benchmark, from results that were measured before."""

from pathlib import Path
from typing import Any

import pytest

from benchmarks import cost_page


def run(job: str, number: int, cpu_seconds: float) -> dict[str, Any]:
    return {
        "job": job,
        "round": number,
        "load": 1.5,
        "cpu_seconds": cpu_seconds,
        "last_half": cpu_seconds / 4,
        "wall_seconds": 10.0,
        "start_seconds": 5.0,
        "start_cpu": 8.0,
        "broker": 2.0,
        "peak_mb": 1234.0,
        "records": {},
    }


RESULTS = {
    "at": "2026-03-01T12:00:00+00:00",
    "machine": dict.fromkeys(("processor", "cores", "memory", "system", "python"), "one"),
    "events": 500_000,
    "records": 525_000,
    "audited": ["ours"],
    "runs": [run("ours", n, cpu) for n, cpu in enumerate((20.0, 90.0, 25.0), 1)]
    + [run("theirs", 1, 10.0)],
}


def test_the_table_has_medians_and_extremes_for_a_million_events() -> None:
    *_, ours, theirs = cost_page.table(RESULTS).splitlines()
    assert ours.startswith("| ours | 3 | 50.0 (40.0 to 180.0) | 25.0 | 20,000 |")
    assert theirs.startswith("| theirs | 1 | 20.0 (20.0 to 20.0) |")


def test_the_page_names_what_it_was_measured_on_and_has_a_bar_for_each_job(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("PAGE", "RAW", "CHART"):
        monkeypatch.setattr(cost_page, name, tmp_path / "benchmarks" / name)
    cost_page.write(RESULTS)
    page = (tmp_path / "benchmarks" / "PAGE").read_text("utf-8")
    assert "500,000 events" in page
    assert "1.5 to 1.5" in page
    assert "$" not in page
    chart = (tmp_path / "benchmarks" / "CHART").read_text("utf-8")
    assert ">ours</text>" in chart
    assert ">50.0</text>" in chart
