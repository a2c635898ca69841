"""The errors that a person is meant to read: their own mistakes, and what is in a run's way."""


class UserError(Exception):
    """A mistake of the user's: the message names the place and the fix.

    The command line prints the message without a traceback and exits with 2.
    """


class FaultError(Exception):
    """Something outside of the program is in the way, and it is nobody's mistake: a full disk, a database that is away.

    The message names the place and the cause. The command line prints it without a traceback and exits with 1; nothing
    that was computed is lost.
    """
