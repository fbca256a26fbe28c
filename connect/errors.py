"""The error that ends a command."""

import click


class UserError(click.ClickException):
    """A sentence that names the cause and the remedy.

    Every command is a click command, so a UserError ends it with that sentence on standard error
    and exit code 1, without a traceback.
    """
