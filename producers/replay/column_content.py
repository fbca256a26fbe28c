"""Content of a file's columns: how its times, numbers and currencies are written."""

import re
from collections.abc import Iterable, Sequence
from functools import cache
from itertools import product
from zoneinfo import ZoneInfo

import duckdb

from producers.replay import numbers, times
from producers.replay.column_names import vocabulary
from producers.replay.expressions import quoted
from producers.replay.workspace import Database

SAMPLE = 1_000
"""Different values of a column that show how it is written."""
WRITTEN = vocabulary()["times"]
OFFSET = re.compile(r":\d\d(\.\d+)?\s*(Z|UTC|[+-]\d\d(:?\d\d)?)$")
CLOCK = re.compile(r"\d[:h]\d\d|T\d|[ T]\d\d?\.\d\d|[ T]\d{6}$|^\d{5}[.,]\d+$|^\d{10,}$")
"""A time of day in a text, in a day number of a spreadsheet, or in seconds."""
MIDNIGHT = re.compile(
    r"[T ,]+(0?0:00(:00(\.0+)?)?|12:00(:00)? AM)\s*(Z|UTC|[+-]\d\d(:?\d\d)?)?$", re.IGNORECASE
)
GERMAN_DATE = re.compile(r"\d\d?\.\d\d?\.(\d{4}|\d\d\b)", re.ASCII)
GROUPED = re.compile(r"-?[1-9]\d{0,2}(\.\d{3})+-?", re.ASCII)
"""A whole number with separators of thousands, or one with three decimals."""
CENTS = re.compile(r"\D*\d+\.\d\d?\D*")
"""An amount whose point is the decimal sign."""
NEGATIVE = re.compile("^[-(\u2212]|-$")
"""A number below zero."""
UNIT = re.compile(r"(?<=\d)\s*[^\W\d_]+\.?$")


def distinct(database: Database, sql: str, limit: int = SAMPLE) -> list[str]:
    """Return different values of an expression over the table `file`, as text."""
    try:
        return [text for (text,) in database.execute(f"{_distinct(sql)} LIMIT {limit}").fetchall()]
    except duckdb.Error:
        return []  # it names a column of another table


def time_formats(database: Database, sql: str) -> list[str]:
    """Return the formats that read the times of a text, the most probable first.

    [] stands for times in ISO 8601, and for what is no time.
    """
    samples = distinct(database, sql)
    for pattern, format in WRITTEN["counted"].items():
        if samples and all(re.fullmatch(pattern, text) for text in samples):
            return [format]
    if not samples or sum(map(_is_iso, samples)) * 2 >= len(samples):
        return []
    sql = f"english_date({sql})"
    samples = distinct(database, f"am_pm({sql})")
    formats = [
        format
        for format, shape in _shapes().items()
        if sum(shape.fullmatch(text) is not None for text in samples) * 2 >= len(samples)
    ]
    return _readable(database, sql, formats) if formats else []


def has_dates(database: Database, column: str) -> bool:
    """Return True if the values of a column are dates, and no mere numbers."""
    samples = distinct(database, quoted(column))
    if not samples or not all(re.search(r"\d\D+\d|[年月]", text) for text in samples):
        return False
    return all(map(_is_iso, samples)) or bool(time_formats(database, quoted(column)))


def has_offsets(database: Database, sql: str) -> bool:
    """Return True if the times of a text say how far they are from UTC."""
    samples = distinct(database, sql)
    return bool(samples) and all(OFFSET.search(text) for text in samples)


def has_clocks(database: Database, sql: str) -> bool:
    """Return True if some time of a text has a time of day other than 00:00, or none is known."""
    samples = distinct(database, sql)
    return not samples or any(CLOCK.search(MIDNIGHT.sub("", text)) for text in samples)


def decimal_comma(
    database: Database, columns: Iterable[str], whole: Iterable[str]
) -> tuple[bool | None, str]:
    """Return whether numbers have a decimal comma; None if points are certain, or nothing is.

    whole: those of the columns with whole numbers. Returns also the sign that may separate
    thousands; "" if it is known, "decimals" for a point in every number. Of a comma only the rest
    of the file can say.
    """
    samples = [text for name in columns for text in distinct(database, quoted(name))]
    right = {comma: sum(_is_number(text, comma) for text in samples) for comma in (True, False)}
    if not any("," in text for text in samples):
        if right[True] != right[False]:
            return None, ""
        held = [distinct(database, quoted(name)) for name in whole]
        if any(map(may_be_grouped, held)):
            return True, "point"
        return None, "decimals" if any(map(is_grouped, held)) else ""
    if all(_is_number(text, None) for text in samples if "," in text):
        return None, ""
    if right[True] == right[False]:
        return None, "comma"
    return right[True] > right[False], ""


def has_german_dates(database: Database, columns: Iterable[str]) -> bool:
    """Return True if all values of some column are dates such as 26.11.2026."""
    return any(
        samples and all(map(GERMAN_DATE.match, samples))
        for samples in (distinct(database, quoted(name)) for name in columns)
    )


def may_be_grouped(written: list[str]) -> bool:
    """Return True for numbers such as 1.250 beside whole ones, none of which has other decimals."""
    pointed = [text for text in written if "." in text]
    return 0 < len(pointed) < len(written) and all(map(GROUPED.fullmatch, pointed))


def is_grouped(written: list[str]) -> bool:
    """Return True for numbers such as 2.000, of which each has a point before three digits."""
    return bool(written) and all(map(GROUPED.fullmatch, written))


def has_numbers(database: Database, column: str) -> bool:
    """Return True if at least half of the different values of a column are numbers."""
    samples = distinct(database, quoted(column))
    right = sum(_is_number(text, None) or _is_number(text, True) for text in samples)
    return bool(samples) and right * 2 >= len(samples)


def currencies(database: Database, columns: Iterable[str]) -> list[str]:
    """Return the ISO codes of the currencies that stand beside amounts, or in a column's name."""
    codes = (
        code
        for name in columns
        for text in (name, *distinct(database, quoted(name)))
        for code in _currencies(text)
    )
    return list(dict.fromkeys(codes))


def _currencies(text: str) -> list[str]:
    codes = [code for sign, code in vocabulary()["currencies"].items() if sign in text]
    return codes or re.findall(rf"\b({numbers.CODES})\b", text)


def few_values(database: Database, column: str, limit: int = 20) -> dict[str, int]:
    """Count the lines of each value of a column, in lower case; {} if it has many values."""
    query = (
        f"SELECT lower(CAST({quoted(column)} AS VARCHAR)) AS held, count(*) FROM file "
        f"WHERE held IS NOT NULL GROUP BY held LIMIT {limit + 1}"
    )
    counts = dict(database.execute(query).fetchall())
    return counts if len(counts) <= limit else {}


@cache
def _shapes() -> dict[str, re.Pattern[str]]:
    """Return the pattern of each format, by which most are excluded at once."""
    formats = map("".join, product(WRITTEN["days"], WRITTEN["clocks"]))
    return {format: re.compile(re.sub("%.", _shape, re.escape(format))) for format in formats}


def _shape(part: re.Match[str]) -> str:
    two = r"\d\d" if part[0] in ("%y", "%M", "%S") else r"\d\d?"
    return str(WRITTEN["digits"].get(part[0], two))


def _distinct(sql: str) -> str:
    held = f"SELECT CAST(({sql}) AS VARCHAR) AS text FROM file"
    return f"SELECT DISTINCT text FROM ({held}) WHERE text IS NOT NULL"


def _readable(database: Database, sql: str, formats: Sequence[str]) -> list[str]:
    """Return the formats that read the most of a text, that of the shortest time first.

    An export covers days or months: days and months in the wrong order spread it over years.
    """
    read = ", ".join(
        f"count(t{n}), coalesce(epoch(max(t{n})) - epoch(min(t{n})), 0)"
        for n in range(len(formats))
    )
    parsed = ", ".join(
        f"try_strptime(am_pm(text), '{format}') AS t{n}" for n, format in enumerate(formats)
    )
    query = f"SELECT {read} FROM (SELECT {parsed} FROM ({_distinct(sql)}))"
    row = database.execute(query).fetchone()
    assert row is not None
    counts, spans = row[::2], row[1::2]
    fitting = [n for n, count in enumerate(counts) if count == max(counts)]
    return [formats[n] for n in sorted(fitting, key=lambda n: spans[n])]


def _is_iso(text: str) -> bool:
    try:
        times.time(text, ZoneInfo("UTC"))
    except ValueError:
        return False
    return True


def _is_number(text: str, comma: bool | None) -> bool:
    """Return True for a number, also with a unit behind it."""
    try:
        numbers.number(UNIT.sub("", text), comma)
    except ValueError:
        return False
    return True
