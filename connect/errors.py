"""The error that ends a command."""

import click

from connect.masking import masked
from connect.safe_text import for_terminal


class UserError(click.ClickException):
    """A sentence that names the cause and the remedy.

    Every command is a click command, so a UserError ends it with that sentence on standard error
    and exit code 1, without a traceback. It may quote text of others.
    """

    def format_message(self) -> str:
        return masked(for_terminal(self.message))
