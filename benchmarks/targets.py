"""Figures beside their targets."""


def show(name: str, value: float, unit: str, target: float) -> None:
    """Print a figure, its largest wanted value, and a mark if it is larger."""
    missed = "" if value <= target else "  MISSED"
    print(f"  {name}: {value:.3g} {unit} (target {target:g}){missed}", flush=True)
