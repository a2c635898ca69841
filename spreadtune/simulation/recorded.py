"""A finished grid as a table: for every setting and seed what training reported and what came of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from spreadtune.errors import UserError
from spreadtune.search.sampling.settings import Value
from spreadtune.spec.load import dump_study
from spreadtune.spec.study import Study
from spreadtune.spec.yaml_text import parse

Setting = tuple[Value, ...]
"""Values of the searched paths, in the order of :attr:`Recorded.paths`."""

PARAM = "param."
_NAME, _STUDY, _VARIANT = b"spreadtune.name", b"spreadtune.study", b"spreadtune.variant"


@dataclass(frozen=True)
class RecordedTrial:
    """One trial of the table.

    Attributes:
        reports: the metric that stands for the optimized one during training, by epoch.
        value: the optimized metric at the end; None where the trial diverged.
        epochs: how many it trained.
        seconds: how long it took, evaluation at the end included.
    """

    reports: Mapping[int, float]
    value: float | None
    epochs: int
    seconds: float


class Recorded:
    """The table of one variant.

    Args:
        study: what the recorded run asked: a grid.
        variant: the variant that was recorded.
        frame: one row a trial: ``setting``, ``seed``, ``epoch`` (the last), ``seconds``, ``param.PATH`` for every path
            that is searched, ``metric.NAME`` for what was measured at the end (NaN in a trial that diverged), and the
            lists ``report_epochs`` and ``reports``.
    """

    def __init__(self, study: Study, variant: str, frame: pd.DataFrame) -> None:
        self.study = study
        self.frame = frame
        self.variant = next(each for each in study.variants() if each.name == variant)

    @property
    def paths(self) -> tuple[str, ...]:
        """The searched paths."""
        return tuple(name.removeprefix(PARAM) for name in self.frame.columns if name.startswith(PARAM))

    @property
    def seeds(self) -> tuple[int, ...]:
        """The seed indices, which every setting has."""
        return tuple(sorted(self.frame["seed"].unique().tolist()))

    @property
    def epochs(self) -> int:
        """Of a trial that is not stopped."""
        return self.study.training.epochs

    def values(self, path: str) -> list[Value]:
        """What was recorded of a searched path, ascending where it is numeric."""
        found: list[Value] = self.frame[PARAM + path].unique().tolist()
        return found if any(isinstance(value, str) for value in found) else sorted(found)

    def settings(self) -> list[Setting]:
        """Every setting once."""
        return list(dict.fromkeys(self._settings()))

    def trial(self, setting: Setting, seed: int) -> RecordedTrial:
        """What was recorded of a setting at a seed."""
        return self._trials[setting, seed]

    @cached_property
    def _trials(self) -> dict[tuple[Setting, int], RecordedTrial]:
        columns = ["seed", "epoch", "seconds", "report_epochs", "reports", f"metric.{self.study.search.metric}"]
        rows = self.frame[columns].itertuples(index=False, name=None)
        return {
            (setting, int(seed)): RecordedTrial(
                reports=dict(zip(map(int, at), map(float, reports), strict=True)),
                value=None if np.isnan(value) else float(value),
                epochs=int(epochs),
                seconds=float(seconds),
            )
            for setting, (seed, epochs, seconds, at, reports, value) in zip(self._settings(), rows, strict=True)
        }

    def _settings(self) -> list[Setting]:
        return list(self.frame[[PARAM + path for path in self.paths]].itertuples(index=False, name=None))

    def write(self, path: Path) -> None:
        """One Parquet file, what was measured in single precision, the study in its metadata."""
        measured = [name for name in self.frame.columns if name.startswith("metric.")]
        table = pa.Table.from_pandas(self.frame, preserve_index=False)
        for name in (*measured, "seconds"):
            table = _cast(table, name, pa.float32())
        table = _cast(_cast(table, "reports", pa.list_(pa.float32())), "report_epochs", pa.list_(pa.int32()))
        about = {_NAME: self.study.name, _STUDY: dump_study(self.study), _VARIANT: self.variant.name}
        pq.write_table(table.replace_schema_metadata(about), path, compression="zstd")

    @classmethod
    def read(cls, path: Path) -> "Recorded":
        """A table that was written.

        Raises:
            UserError: the file is none.
        """
        try:
            table = pq.read_table(path)
        except FileNotFoundError as error:
            raise UserError(f"{path}: no such file; RUN is a run's name or folder, TABLE a .parquet file") from error
        except (OSError, pa.ArrowInvalid) as error:
            raise UserError(f"{path} is no recorded table ({str(error).splitlines()[0]})") from error
        about = {key: value.decode() for key, value in (table.schema.metadata or {}).items()}
        if _STUDY not in about:
            raise UserError(f"{path} is no recorded table; spreadtune simulate RUN --record FILE writes one")
        study = Study.from_values(parse(about[_STUDY], str(path)), name=about[_NAME], source=str(path))
        return cls(study, about[_VARIANT], table.to_pandas())


def _cast(table: pa.Table, column: str, to: pa.DataType) -> pa.Table:
    place = table.schema.get_field_index(column)
    return table.set_column(place, column, table.column(place).cast(to))
