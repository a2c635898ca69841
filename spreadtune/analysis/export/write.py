"""Writing an export: which files each format gives."""

from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

from spreadtune.analysis.export.contents import data_frames, sheets
from spreadtune.analysis.export.latex import latex
from spreadtune.analysis.export.markdown import markdown
from spreadtune.analysis.frame import build_frame
from spreadtune.analysis.tables import Tables
from spreadtune.errors import UserError
from spreadtune.run_folder import write_atomic
from spreadtune.spec.validation_errors import hint

FORMATS = ("csv", "parquet", "latex", "markdown", "figures")


@dataclass(frozen=True)
class Exported:
    """What an export wrote.

    Attributes:
        folder: where.
        files: in the order of the formats.
        missing: why there are no figures, and how to get them; None where they were written or not asked for.
    """

    folder: Path
    files: tuple[Path, ...]
    missing: str | None = None


def export(tables: Tables, folder: Path, formats: Collection[str] = FORMATS) -> Exported:
    """Write a run's tables and figures into ``folder``; files of the same names there are replaced.

    The same tables give the same files, byte for byte.

    Raises:
        UserError: an unknown format, no finished trial, or nothing can be written there.
    """
    for name in formats:
        if name not in FORMATS:
            raise UserError(f"--format: unknown format {name!r}{hint(name, FORMATS)}")
    frame = build_frame(tables)
    if frame.finished.empty:
        raise UserError(f"{tables.run.label}: no trial has finished yet, so there is nothing to export")
    contents: dict[str, str | bytes] = {}
    raw = data_frames(tables, frame)
    if "csv" in formats:
        contents |= {f"{name}.csv": table.to_csv(index=False) for name, table in raw.items()}
    if "parquet" in formats:
        contents |= {f"{name}.parquet": table.to_parquet(None, index=False) for name, table in raw.items()}
    written = sheets(tables, frame)
    if "latex" in formats:
        contents |= {f"{sheet.name}.tex": latex(sheet) for sheet in written}
    if "markdown" in formats:
        contents |= {f"{sheet.name}.md": markdown(sheet) for sheet in written}
    try:
        for name, content in contents.items():
            write_atomic(folder / name, content)
        files = tuple(folder / name for name in contents)
        if "figures" not in formats:
            return Exported(folder, files)
        from spreadtune.analysis.export.pictures import CannotDrawError, write_pictures
        from spreadtune.analysis.figures import all_figures  # Plotly is slow to import and needed here only

        try:
            return Exported(folder, (*files, *write_pictures(all_figures(frame), folder)))
        except CannotDrawError as error:
            return Exported(folder, files, missing=str(error))
    except OSError as error:
        raise UserError(f"--output {folder}: {error.strerror}; name another folder") from error
