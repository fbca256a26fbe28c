"""Figures beside their targets."""


def show(name: str, value: float, unit: str, target: float) -> None:
    """Print a figure and its target, with a mark if it is larger than that."""
    missed = "" if value <= target else "  MISSED"
    print(f"  {name}: {value:.3g} {unit} (target {target:g}){missed}", flush=True)
