"""The factor by which a column with units of measure makes amounts whole base units."""

from collections.abc import Collection, Iterator, Mapping

from producers.replay.column_names import some
from producers.replay.expressions import literal, quoted
from producers.replay.line_choices import listed
from producers.replay.measures import NOT_METRIC, PIECES, SETS, UNITS
from views.amounts import LARGE

BASES = {large: base for base, large in LARGE.items()} | {base: base for base in LARGE}
BASES |= {"cl": "ml", "cm": "mm"}
"""The base unit of each unit of weight, volume and length."""
SHOWN = 10
"""Units in a sentence."""


def unit_factor(column: str, units: Collection[str], *, is_packed: bool) -> str:
    """Return the expression of the base units in one unit of each line; "" if all are 1.

    units: the column's values, in lower case; is_packed: another column has the pieces in a pack.
    It is null for a unit that is not known, or is no whole number of base units.
    """
    sizes = {unit: _size(unit, is_packed=is_packed) for unit in ("", *sorted(units))}
    return "" if {*sizes.values()} == {1} else _case(column, sizes)


def unit_assumptions(column: str, units: Collection[str], *, is_packed: bool) -> Iterator[str]:
    """Yield sentences on units that are sets of pieces, and on those that are rejected."""
    if not is_packed:
        sets = [f"{unit} {SETS[_plain(unit)]}" for unit in sorted(units) if _plain(unit) in SETS]
        if sets:
            yield f"amounts are in pieces, of which one {column!r} has: {some(sets, SHOWN)}"
    lost = [unit for unit in sorted(units) if _size(unit, is_packed=is_packed) is None]
    if lost:
        shown = some(lost, SHOWN, " or ")
        yield (
            f"lines whose {column!r} is {shown} are rejected: write a factor that "
            "makes them whole g, ml, mm or pieces"
        )


def base_unit(column: str, units: Collection[str]) -> str:
    """Return the expression of a product's base unit; "" if all are pieces or not known."""
    return _case(column, {unit: BASES.get(_plain(unit)) for unit in sorted(units)})


def base_unit_assumptions(column: str, units: Collection[str]) -> Iterator[str]:
    """Yield sentences on the unit of products, and on units of which nothing is made."""
    yield (
        f"{column!r} is the unit of a product's stock, so that its price is that of a kilogram, "
        "litre or metre: if the price is that of a pack, omit unit"
    )
    others = [unit for unit in sorted(units) if _plain(unit) not in {*BASES, *PIECES}]
    if others:
        shown = some(others, SHOWN, " or ")
        yield f"products whose {column!r} is {shown} get no unit: write it for them"


def _case(column: str, results: Mapping[str, int | str | None]) -> str:
    """Return the expression of the result of a column's value; "" if no value has one."""
    same: dict[int | str, list[str]] = {}
    for value, result in results.items():
        if result:
            same.setdefault(result, []).append(value)
    cases = (
        f"WHEN word({quoted(column)}) IN ({listed(values)}) THEN {literal(result)}"
        for result, values in same.items()
    )
    return f"CASE {' '.join(cases)} END" if same else ""


def _size(unit: str, *, is_packed: bool) -> int | None:
    """Return the base units in one unit; None for one that is not known, or no whole number."""
    plain = _plain(unit)
    if is_packed:
        # One pack, of whatever name: the other column has its pieces.
        return None if plain in NOT_METRIC else UNITS.get(plain, 1)
    return (UNITS | SETS | dict.fromkeys(PIECES, 1)).get(plain)


def _plain(unit: str) -> str:
    return unit.strip().rstrip(".")
