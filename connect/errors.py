"""The one way in which a command of this project gives up."""

import click


class UserError(click.ClickException):
    """What is wrong and what to do about it, in one sentence.

    Every command is a click command, so a UserError ends it with that sentence on
    standard error and exit code 1, never with a traceback.
    """
