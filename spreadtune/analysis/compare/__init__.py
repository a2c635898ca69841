"""Several runs beside each other: what differs, their curves, and differences paired where seeds match."""

from spreadtune.analysis.compare.comparison import Comparison

__all__ = ["Comparison"]
