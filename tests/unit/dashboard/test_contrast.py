"""Contrast inside charts and tables, computed from the colours of each theme."""

import json
import re
import tomllib
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

import dashboard
from dashboard.web import sales_bars, shelf_bars, shelf_table, style
from dashboard.web.palette import DARK, LIGHT, Palette

READABLE, SIGN = 4.5, 3.0
THEMES = {"light": LIGHT, "dark": DARK}


def configuration() -> dict[str, Any]:
    file = Path(dashboard.__file__).parent / ".streamlit" / "config.toml"
    theme: dict[str, Any] = tomllib.loads(file.read_text("utf-8"))["theme"]
    return theme


def channels(colour: str) -> list[int]:
    return [int(colour[at : at + 2], 16) for at in (1, 3, 5)]


def luminance(colour: str) -> float:
    """Relative luminance by WCAG 2."""
    shares = [channel / 255 for channel in channels(colour)]
    red, green, blue = (
        share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4 for share in shares
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


@pytest.fixture(params=THEMES)
def theme(request: pytest.FixtureRequest) -> str:
    name: str = request.param
    return name


def specs(colours: Palette) -> list[str]:
    charts = [
        shelf_bars.spec(colours),
        sales_bars.spec("Hour", colours),
        sales_bars.sellers_spec(colours),
    ]
    return [json.dumps(chart) for chart in charts]


def test_the_theme_of_streamlit_has_the_grounds_and_ink_of_the_charts(theme: str) -> None:
    configured = configuration()
    colours = THEMES[theme]
    assert "base" not in configured, "a base would overrule the browser's setting"
    assert configured[theme]["backgroundColor"] == colours.ground
    assert configured[theme]["secondaryBackgroundColor"] == colours.surface
    assert configured[theme]["textColor"] == colours.ink
    assert contrast(configured[theme]["primaryColor"], colours.ground) >= READABLE


def test_text_of_charts_can_be_read(theme: str) -> None:
    colours = THEMES[theme]
    written = [re.findall(r'"labelColor": "(#\w+)"', spec) for spec in specs(colours)]
    assert all(written)
    for colour in {each for several in written for each in several}:
        assert contrast(colour, colours.ground) >= READABLE
    marks = re.findall(r'"mark": \{[^{}]*"type": "text"[^{}]*\}', "".join(specs(colours)))
    assert len(marks) == 3
    for mark in marks:
        (colour,) = re.findall(r'"color": "(#\w+)"', mark)
        assert contrast(colour, colours.ground) >= READABLE


def test_bars_and_signs_of_charts_stand_out(theme: str) -> None:
    colours = THEMES[theme]
    everything = "".join(specs(colours))
    bars = re.findall(r'"mark": \{[^{}]*"type": "(?:bar|point)"[^{}]*\}', everything)
    colours_of_marks = set(colours.marks.values())
    for mark in bars:
        colours_of_marks.update(re.findall(r'"(?:color|fill)": "(#\w+)"', mark))
    assert colours_of_marks >= {colours.accent, colours.returned, colours.on_order, colours.ink}
    for colour in colours_of_marks:
        assert contrast(colour, colours.ground) >= SIGN, colour


def test_headings_of_a_table_can_be_read(theme: str) -> None:
    heading = configuration()[theme]["dataframeHeaderTextColor"]
    assert contrast(heading, THEMES[theme].surface) >= READABLE


def test_no_column_is_pinned_as_streamlit_writes_it_in_40_percent_of_the_ink(theme: str) -> None:
    colours = THEMES[theme]
    pairs = zip(channels(colours.ink), channels(colours.ground), strict=True)
    faded = "#" + "".join(f"{round(0.4 * ink + 0.6 * ground):02x}" for ink, ground in pairs)
    assert contrast(faded, colours.ground) < READABLE
    names = [*shelf_table.COLUMNS]
    table = shelf_table.frame([], names, datetime.now(UTC), UTC)
    columns = shelf_table.config(names, UTC, table)
    assert not any(column.get("pinned") for column in columns.values())


def test_a_status_in_a_table_can_be_read(theme: str) -> None:
    """Streamlit writes in black on a light ground, and in white on a dark one."""
    for ground in THEMES[theme].chips.values():
        ink = "#000000" if theme == "light" else "#ffffff"
        assert (luminance(ground) > 0.5) == (theme == "light")
        assert contrast(ink, ground) >= READABLE


def test_the_style_sheet_has_no_colour_of_one_theme_alone() -> None:
    assert not re.findall(r"#[0-9a-f]{6}", re.sub(r"light-dark\([^()]*\)", "", style.CSS))
    for sheet in Path(style.__file__).parent.glob("*.css"):
        alone = re.sub(r"light-dark\([^()]*\)", "", sheet.read_text("utf-8"))
        assert not re.findall(r"#[0-9a-f]{3,6}\b", alone), sheet.name
