"""The factor by which a column with units of measure makes amounts whole base units."""

from collections.abc import Collection, Iterator

from producers.replay.expressions import quoted
from producers.replay.line_choices import listed
from producers.replay.measures import DOZENS, NOT_METRIC, PIECES, UNITS


def unit_factor(column: str, units: Collection[str], *, is_packed: bool) -> str:
    """Return the expression of the base units in one unit of each line; "" if all are 1.

    units: the column's values, in lower case; is_packed: another column has the pieces in a pack.
    It is null for a unit that is no whole number of base units.
    """
    known = UNITS if is_packed else UNITS | dict.fromkeys(DOZENS, 12)
    sizes = {unit: known.get(unit, 1) for unit in ("", *units) if unit not in NOT_METRIC}
    if {*sizes.values()} == {1} and not NOT_METRIC.intersection(units):
        return ""
    same = {size: [unit for unit in sizes if sizes[unit] == size] for size in sizes.values()}
    cases = (
        f"WHEN word({quoted(column)}) IN ({listed(same[size])}) THEN {size}"
        for size in sorted(same, reverse=True)
    )
    return f"CASE {' '.join(cases)} END"


def unit_assumptions(column: str, units: Collection[str], *, is_packed: bool) -> Iterator[str]:
    """Yield sentences on units that are taken for pieces, or that are rejected."""
    others = [unit for unit in units if unit not in {*UNITS, *DOZENS, *PIECES, *NOT_METRIC}]
    if others and not is_packed:
        yield f"amounts are in pieces where {column!r} is {' or '.join(others)}"
    lost = [unit for unit in units if unit in NOT_METRIC]
    if lost:
        yield (
            f"lines whose {column!r} is {' or '.join(lost)} are rejected: write a factor that "
            "makes them whole g, ml or mm"
        )
