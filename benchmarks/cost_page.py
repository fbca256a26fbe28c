"""The results of benchmarks.cost as text, and as docs/benchmarks.md with a chart."""

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from statistics import median
from string import Template
from typing import Any

DOCS = Path(__file__).parents[1] / "docs"
PAGE, RAW, CHART = (
    DOCS / "benchmarks.md",
    DOCS / "benchmarks/cost.json",
    DOCS / "benchmarks/cost.svg",
)
TEMPLATE = Path(__file__).parent / "cost_page.template"
MILLION = 1_000_000
HEADS = (
    "job",
    "runs",
    "CPU s",
    "last half",
    "events a CPU s",
    "wall s",
    "broker CPU s",
    "peak memory",
    "start",
)
COLOURS = ("#2a6f97", "#a9d6e5")
"""Of the first half, and of the last."""


def line(run: Mapping[str, Any], events: int) -> str:
    """Return one run in words."""
    factor = MILLION / events
    return (
        f"{run['job']}, round {run['round']}: {run['cpu_seconds'] * factor:.1f} CPU s a million "
        f"events, last half {2 * run['last_half'] * factor:.1f}, peak {run['peak_mb']:,.0f} MB, "
        f"load {run['load']}"
    )


def table(results: Mapping[str, Any]) -> str:
    """Return the medians of each job as a table in Markdown."""
    rows = [HEADS, ("---",) + ("---:",) * (len(HEADS) - 1), *_rows(results)]
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def write(results: Mapping[str, Any]) -> None:
    """Write the raw results, the chart and the page."""
    RAW.parent.mkdir(exist_ok=True)
    RAW.write_text(json.dumps(results, indent=1) + "\n", "utf-8")
    CHART.write_text(_chart(results), "utf-8")
    loads = [run["load"] for run in results["runs"]]
    text = Template(TEMPLATE.read_text("utf-8")).substitute(
        results["machine"],
        at=results["at"],
        events=f"{results['events']:,}",
        records=f"{results['records']:,}",
        load=f"{min(loads)} to {max(loads)}",
        audited="; ".join(results["audited"]) or "none",
        table=table(results),
    )
    PAGE.write_text(text, "utf-8")


def _rows(results: Mapping[str, Any]) -> Iterable[tuple[str, ...]]:
    factor = MILLION / results["events"]
    for job, runs in _by_job(results).items():
        cpu = [run["cpu_seconds"] * factor for run in runs]
        spread = f"{median(cpu):.1f} ({min(cpu):.1f} to {max(cpu):.1f})"
        yield (
            job,
            str(len(runs)),
            spread,
            f"{2 * factor * _median(runs, 'last_half'):.1f}",
            f"{MILLION / median(cpu):,.0f}",
            f"{factor * _median(runs, 'wall_seconds'):.0f}",
            f"{factor * _median(runs, 'broker'):.1f}",
            f"{_median(runs, 'peak_mb'):,.0f} MB",
            f"{_median(runs, 'start_cpu'):.0f} CPU s",
        )


def _by_job(results: Mapping[str, Any]) -> dict[str, list[dict[str, Any]]]:
    jobs: dict[str, list[dict[str, Any]]] = {}
    for run in results["runs"]:
        jobs.setdefault(run["job"], []).append(run)
    return jobs


def _median(runs: list[dict[str, Any]], name: str) -> float:
    return float(median(run[name] for run in runs))


def _chart(results: Mapping[str, Any]) -> str:
    """Draw a bar for each job: CPU seconds for a million events, in two halves."""
    factor = MILLION / results["events"]
    jobs = _by_job(results)
    scale = 400 / max(factor * _median(runs, "cpu_seconds") for runs in jobs.values())
    shapes = []
    for row, (job, runs) in enumerate(jobs.items()):
        total = factor * _median(runs, "cpu_seconds")
        last = factor * _median(runs, "last_half")
        top, split = 30 * row + 12, 200 + scale * (total - last)
        shapes += [
            f'<text x="190" y="{top + 14}" text-anchor="end">{job}</text>',
            _bar(200, top, scale * (total - last), COLOURS[0]),
            _bar(split, top, scale * last, COLOURS[1]),
            f'<text x="{205 + scale * total:.0f}" y="{top + 14}">{total:.1f}</text>',
        ]
    bottom = 30 * len(jobs) + 30
    shapes.append(
        f'<text x="200" y="{bottom}">CPU seconds for a million events: first half dark, last light'
        "</text>"
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 660 {bottom + 12}" '
        'font-family="sans-serif" font-size="13">\n'
        '<rect width="100%" height="100%" fill="#ffffff"/>\n' + "\n".join(shapes) + "\n</svg>\n"
    )


def _bar(left: float, top: int, width: float, colour: str) -> str:
    return f'<rect x="{left:.1f}" y="{top}" width="{width:.1f}" height="20" fill="{colour}"/>'
