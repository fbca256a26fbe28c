"""Figures beside their targets."""

from collections.abc import Sequence
from statistics import linear_regression


def show(name: str, value: float, unit: str, target: float) -> None:
    """Print a figure and its target, with a mark if it is larger than that."""
    missed = "" if value <= target else "  MISSED"
    print(f"  {name}: {value:.3g} {unit} (target {target:g}){missed}", flush=True)


def growth(samples: Sequence[float]) -> float:
    """Return how far evenly taken samples rise from first to last on their line of least squares.

    The difference of two of them would be that of the moments at which memory was given back.
    """
    times = range(len(samples))
    return linear_regression(times, samples).slope * times[-1]
