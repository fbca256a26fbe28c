"""Functions that add a part to the page of a visit."""

from collections.abc import Callable
from functools import partial, wraps
from typing import Concatenate, ParamSpec

from dashboard.web.visit import Visit

P = ParamSpec("P")
Draw = Callable[Concatenate[Visit, P], None]


def refreshed(draw: Draw[P]) -> Draw[P]:
    """Make a function one that adds what it draws to the parts of the page."""

    @wraps(draw)
    def add(visit: Visit, /, *args: P.args, **kwargs: P.kwargs) -> None:
        visit.parts.add(partial(draw, visit, *args, **kwargs))

    return add
