"""Amounts of several products, to be sorted or added."""

from typing import Any

from sqlalchemy import Column, ColumnElement, case, literal_column


def comparable(units: Column[Any], is_measured: ColumnElement[bool]) -> ColumnElement[Any]:
    """Let a kilogram, litre or metre count as a piece. is_measured: has g, ml or mm as its unit."""
    return case((is_measured, units * literal_column("0.001")), else_=units)
