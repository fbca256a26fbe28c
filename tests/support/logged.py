"""Messages that the parts log."""

import pytest


def logged(caplog: pytest.LogCaptureFixture) -> str:
    """Return the messages since the call before, one a line."""
    messages = caplog.messages
    caplog.clear()
    return "".join(f"{message}\n" for message in messages)
