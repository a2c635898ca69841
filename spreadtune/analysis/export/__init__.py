"""A run's tables and figures as files for papers and other programs."""

from spreadtune.analysis.export.write import FORMATS, Exported, export

__all__ = ["FORMATS", "Exported", "export"]
