"""Colours of charts and tables, on a light and on a dark ground.

A chart or table is a picture to the browser, which no style sheet reaches: the server colours it
for the theme of the browser. Text has a contrast of 4.5 to its ground, a bar or sign one of 3. The
file .streamlit/config.toml has the same grounds.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import streamlit as st

from views.stock import Status


@dataclass(frozen=True, slots=True, eq=False)
class Palette:
    """Colours for one ground."""

    ground: str
    surface: str
    """Ground of fields and headings of tables."""
    ink: str
    quiet: str
    """Text beside the main one."""
    rule: str
    """Lines that only part rows."""
    accent: str
    returned: str
    on_order: str
    marks: Mapping[Status, str]
    """Distinct in lightness too, for colour-blind readers; the status is also written as text."""
    chips: Mapping[Status, str]
    """Grounds of the status as text: of a light one the text is black, of a dark one white."""


LIGHT = Palette(
    ground="#ffffff",
    surface="#f3f6f8",
    ink="#0c141c",
    quiet="#55616d",
    rule="#e3e8ec",
    accent="#0b6e8a",
    returned="#b4552d",
    on_order="#8496a5",
    marks={
        Status.NEGATIVE: "#7b2fa5",
        Status.OUT: "#c62f2d",
        Status.LOW: "#b97400",
        Status.OK: "#3a86b8",
        Status.OVER: "#173f5f",
        Status.UNKNOWN: "#77818b",
    },
    chips={
        Status.NEGATIVE: "#e8d7f3",
        Status.OUT: "#f8d3d1",
        Status.LOW: "#fbe2ae",
        Status.OK: "#d6e9f5",
        Status.OVER: "#c6d6e4",
        Status.UNKNOWN: "#e4e8eb",
    },
)
DARK = Palette(
    ground="#10171d",
    surface="#1b252e",
    ink="#e6ecf1",
    quiet="#a5b2bd",
    rule="#2c3944",
    accent="#4fb0cc",
    returned="#e08a5f",
    on_order="#7d8c99",
    marks={
        Status.NEGATIVE: "#bb86dd",
        Status.OUT: "#ee6a65",
        Status.LOW: "#e9a83a",
        Status.OK: "#549fd0",
        Status.OVER: "#c3d8ea",
        Status.UNKNOWN: "#8a949e",
    },
    chips={
        Status.NEGATIVE: "#55306d",
        Status.OUT: "#7d2926",
        Status.LOW: "#6b4a0e",
        Status.OK: "#1f4d6d",
        Status.OVER: "#3a5064",
        Status.UNKNOWN: "#45505a",
    },
)


def palette() -> Palette:
    """Return the colours for the theme of the browser."""
    return DARK if st.context.theme.type == "dark" else LIGHT


def either(light: str, dark: str) -> str:
    """Return a colour for style sheets, which follows the theme by itself."""
    return f"light-dark({light}, {dark})"
