"""The one error that a person is meant to read."""


class UserError(Exception):
    """A mistake of the user's: the message names the place and the fix.

    The command line prints the message without a traceback and exits with 2.
    """
