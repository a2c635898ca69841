"""A run's trials as its folder tells them, for those who cannot ask its database."""

import json

from spreadtune.errors import UserError
from spreadtune.run_folder import RunFolder, TrialFolder, write_json
from spreadtune.search.results.outcomes import finished_metrics
from spreadtune.search.storage.record import Record, Row, Rows
from spreadtune.spec.seed import Stage
from spreadtune.spec.study import Study


def write_record(folder: TrialFolder, variant: str, record: Record) -> None:
    """Write beside a trial's file which trial of the run it is.

    Raises:
        UnwritableError: the disk is full or read-only.
    """
    write_json(folder.record_file, {"variant": variant, **record.attribute()})


def folder_rows(study: Study, run: RunFolder, *, stage: Stage = "search") -> dict[str, Rows]:
    """A stage's trials of every variant, by its name, as the run's folder has them; nothing is written.

    Raises:
        UserError: a trial's record is missing or damaged.
    """
    found: dict[str, Rows] = {variant.name: {} for variant in study.variants()}
    for number in run.trials():
        folder = run.trial(number)
        if not folder.spec_file.exists():  # its driver was killed before the trial began
            continue
        variant, row = _row(folder)
        if row.record.stage == stage and variant in found:
            found[variant][number] = row
    return found


def _row(folder: TrialFolder) -> tuple[str, Row]:
    try:
        content = json.loads(folder.record_file.read_bytes())
        variant, record = content.pop("variant"), Record(**content)
    except (FileNotFoundError, ValueError, TypeError, KeyError, AttributeError) as error:
        file = folder.record_file.relative_to(folder.path.parents[1])
        raise UserError(f"{file} is missing or damaged; a resume writes it again") from error
    outcome = folder.outcome()
    if outcome is None:
        return variant, Row(record)
    return variant, Row(record, state=outcome.state, metrics=finished_metrics(outcome), reason=outcome.reason)
