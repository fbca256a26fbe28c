"""The factor by which a column with units of measure makes amounts whole base units."""

from collections.abc import Collection, Iterator

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
    sizes = {unit: _size(unit, is_packed=is_packed) for unit in ("", *units)}
    if {*sizes.values()} == {1}:
        return ""
    same = {
        size: [unit for unit in sizes if sizes[unit] == size] for size in sizes.values() if size
    }
    cases = (
        f"WHEN word({quoted(column)}) IN ({listed(same[size])}) THEN {size}"
        for size in sorted(same, reverse=True)
    )
    return f"CASE {' '.join(cases)} END"


def unit_assumptions(column: str, units: Collection[str], *, is_packed: bool) -> Iterator[str]:
    """Yield sentences on units that are sets of pieces, and on those that are rejected."""
    if not is_packed:
        sets = [f"{unit} {SETS[_plain(unit)]}" for unit in sorted(units) if _plain(unit) in SETS]
        if sets:
            yield f"amounts are in pieces, of which one {column!r} has: {_some(sets)}"
    lost = [unit for unit in sorted(units) if _size(unit, is_packed=is_packed) is None]
    if lost:
        yield (
            f"lines whose {column!r} is {_some(lost, ' or ')} are rejected: write a factor that "
            "makes them whole g, ml, mm or pieces"
        )


def base_unit(column: str, units: Collection[str]) -> str:
    """Return the expression of a product's base unit; "" if all are pieces or not known."""
    bases = {unit: BASES.get(_plain(unit)) for unit in sorted(units)}
    same = {
        base: [unit for unit in bases if bases[unit] == base] for base in bases.values() if base
    }
    if not same:
        return ""
    cases = (
        f"WHEN word({quoted(column)}) IN ({listed(held)}) THEN {literal(base)}"
        for base, held in same.items()
    )
    return f"CASE {' '.join(cases)} END"


def base_unit_assumptions(column: str, units: Collection[str]) -> Iterator[str]:
    """Yield sentences on the unit of products, and on units of which nothing is made."""
    yield (
        f"{column!r} is the unit of a product's stock, so that its price is that of a kilogram, "
        "litre or metre: if the price is that of a pack, omit unit"
    )
    others = [unit for unit in sorted(units) if _plain(unit) not in {*BASES, *PIECES}]
    if others:
        yield f"products whose {column!r} is {_some(others, ' or ')} get no unit: write it for them"


def _size(unit: str, *, is_packed: bool) -> int | None:
    """Return the base units in one unit; None for one that is not known, or no whole number."""
    plain = _plain(unit)
    if is_packed:
        # One pack, of whatever name: the other column has its pieces.
        return None if plain in NOT_METRIC else UNITS.get(plain, 1)
    return (UNITS | SETS | dict.fromkeys(PIECES, 1)).get(plain)


def _plain(unit: str) -> str:
    return unit.strip().rstrip(".")


def _some(words: list[str], separator: str = ", ") -> str:
    return separator.join(words[:SHOWN]) + (" …" if len(words) > SHOWN else "")
