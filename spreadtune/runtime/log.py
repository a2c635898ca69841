"""How a line of a log looks, in the run's log and in those of its attempts."""

import logging
import time


def log_formatter() -> logging.Formatter:
    """Time in UTC, as in run IDs and the manifest, level, who says it, what."""
    formatter = logging.Formatter("%(asctime)sZ %(levelname)s %(name)s: %(message)s", datefmt="%Y-%m-%dT%H:%M:%S")
    formatter.converter = time.gmtime
    return formatter
