"""How far a run is, as its tables say."""

from spreadtune.analysis.tables import Tables
from spreadtune.search.results.progress import Progress, count_progress, count_references, planned_pairs
from spreadtune.search.results.selection import table_rows
from spreadtune.spec.seed import STAGES


def progress_of(tables: Tables) -> Progress:
    """The counts of a run, and its settings in the order in which the study chooses."""
    study, references = tables.study, count_references(tables.references["state"])
    searched, confirmed = (table_rows(tables.trials, study.variants(), stage) for stage in STAGES)
    return count_progress(study, planned_pairs(study), searched, confirmed, references)
