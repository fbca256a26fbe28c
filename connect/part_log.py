"""The log of a part: a line for each message, with time, level and part, as text or JSON.

At a terminal, and in a command that is no part, a message stands alone, as people read it.
"""

import faulthandler
import json
import logging
import os
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

import click

from connect.masking import masked
from connect.safe_text import for_terminal

FORMAT = "INVENTORY_LOG_FORMAT"
"""Variable of the setting. It is read here, as the log also has the errors of settings."""
TEXT, JSON = "text", "json"


class _Message(logging.Formatter):
    """The message, with the trace of an exception, and without secrets and control characters."""

    def format(self, record: logging.LogRecord) -> str:
        text = record.getMessage()
        if record.exc_info:
            text += "\n" + self.formatException(record.exc_info)
        return masked(for_terminal(text))


class _Line(_Message):
    """Time, level and part before the message, whose further lines are indented."""

    def __init__(self, part: str) -> None:
        super().__init__()
        self._part = part

    def format(self, record: logging.LogRecord) -> str:
        first, *further = _named(record, super().format(record)).splitlines() or [""]
        head = f"{_time(record)} {record.levelname:7} {self._part}: {first}"
        return "\n  ".join([head, *further])


class _JsonLine(_Line):
    """The same fields as an object in one line."""

    def format(self, record: logging.LogRecord) -> str:
        fields = {
            "time": _time(record),
            "level": record.levelname,
            "part": self._part,
            "message": _named(record, _Message.format(self, record)),
        }
        return json.dumps(fields, ensure_ascii=False)


class _Output(logging.Handler):
    """Standard output, or standard error for warnings and errors."""

    def emit(self, record: logging.LogRecord) -> None:
        try:
            click.echo(self.format(record), err=record.levelno >= logging.WARNING)
        except Exception:  # noqa: BLE001 - a full disk must not end the part
            self.handleError(record)


def _output(formatter: logging.Formatter) -> logging.Handler:
    handler = _Output()
    handler.setFormatter(formatter)
    return handler


LOG = logging.getLogger("inventory")
"""Takes the messages of all parts."""
LOG.setLevel(logging.INFO)
LOG.propagate = False
LOG.addHandler(_output(_Message()))


@contextmanager
def log_of(part: str) -> Iterator[bool]:
    """Let this process log as a part, also what libraries warn of; yield False at a terminal.

    An error that ends the part is logged, too, and exits with its code. When a library in C ends
    the process, standard error shows where.
    """
    as_json = os.environ.get(FORMAT) == JSON
    if not as_json and sys.stdout.isatty():
        yield False
        return
    handler = _output(_JsonLine(part) if as_json else _Line(part))
    if not faulthandler.is_enabled():
        faulthandler.enable()
    loggers = LOG, logging.getLogger()
    before, thread_hook = [logger.handlers for logger in loggers], threading.excepthook
    for logger in loggers:
        logger.handlers = [handler]
    logging.captureWarnings(True)
    threading.excepthook = _log_end_of_thread
    try:
        yield True
    except click.ClickException as error:
        LOG.error(error.format_message())
        raise SystemExit(error.exit_code) from None
    except (click.exceptions.Exit, click.Abort):
        raise
    except Exception:
        LOG.critical("The part ends.", exc_info=True)
        raise SystemExit(1) from None
    finally:
        for logger, handlers in zip(loggers, before, strict=True):
            logger.handlers = handlers
        logging.captureWarnings(False)
        threading.excepthook = thread_hook


def _log_end_of_thread(ended: threading.ExceptHookArgs) -> None:
    if ended.exc_type is SystemExit:
        return
    name = ended.thread.name if ended.thread else "?"
    LOG.critical("The thread %s ends.", name, exc_info=ended.exc_value or True)


def _named(record: logging.LogRecord, message: str) -> str:
    """Name the library that a message comes from."""
    return message if record.name == LOG.name else f"{record.name} - {message}"


def _time(record: logging.LogRecord) -> str:
    """Return the time of a record, as ISO 8601 in UTC."""
    at = datetime.fromtimestamp(record.created, UTC)
    return at.isoformat(timespec="milliseconds").replace("+00:00", "Z")
