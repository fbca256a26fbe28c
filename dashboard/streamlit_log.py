"""Messages of Streamlit and its server in the log of the part, not in formats of their own."""

import logging

from streamlit import logger as streamlit_logger
from uvicorn.config import LOGGING_CONFIG


def pass_on_messages() -> None:
    """Let their loggers, those of later, too, pass their messages on to the root logger."""
    LOGGING_CONFIG["loggers"].clear()
    streamlit_logger.setup_formatter = _pass_on
    streamlit_logger.update_formatter()


def _pass_on(logger: logging.Logger) -> None:
    """Take the place of the function that gives a logger its handler, once or anew."""
    logger.propagate = True
    if handler := vars(logger).pop("streamlit_console_handler", None):
        logger.removeHandler(handler)
