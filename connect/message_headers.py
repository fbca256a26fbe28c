"""Headers of a message, which anyone may have written."""

from collections.abc import Sequence
from typing import cast

from confluent_kafka import Message

Headers = Sequence[tuple[str, bytes | None]]
NO_HEADERS = object()
"""No value of `headers`."""


class UnreadableHeadersError(Exception):
    """Headers that the client cannot give: Kafka does not check that their names are UTF-8.

    A second call would return a list with holes.
    """


def headers_of(message: Message) -> Headers | None:
    """Return the headers. Raises UnreadableHeadersError.

    For a name that is not UTF-8 the client raises an error and returns a list with a hole, too. The
    interpreter looks for such errors when C code calls, as iter does, and not always by itself.
    """
    try:
        return cast(Headers | None, next(iter(message.headers, NO_HEADERS)))
    except (SystemError, UnicodeDecodeError):
        raise UnreadableHeadersError("the name of a header is not UTF-8") from None
