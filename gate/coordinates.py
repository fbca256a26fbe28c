"""Coordinates of a record, written as topic/partition/offset."""

from typing import NamedTuple, Self

import click


class RecordCoordinates(NamedTuple):
    """The key of a quarantined record."""

    topic: str
    partition: int
    offset: int

    def __str__(self) -> str:
        return f"{self.topic}/{self.partition}/{self.offset}"

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read topic/partition/offset. Raises click.BadParameter."""
        topic, *numbers = text.split("/")
        if len(numbers) != 2 or not all(
            number.isascii() and number.isdigit() for number in numbers
        ):
            raise click.BadParameter(f"{text!r}: expected topic/partition/offset, as in `list`")
        return cls(topic, int(numbers[0]), int(numbers[1]))


class CoordinatesType(click.ParamType):  # type: ignore[type-arg,unused-ignore]
    """Coordinates as a command's argument."""

    name = "coordinates"

    def convert(
        self, value: str, _p: click.Parameter | None, _c: click.Context | None
    ) -> RecordCoordinates:
        return RecordCoordinates.parse(value)
