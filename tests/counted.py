"""How far a run is, made up."""

from collections.abc import Sequence

from spreadtune.search.results.choice import Choice, SettingResults
from spreadtune.search.results.progress import Counts, Progress
from spreadtune.spec.goal import Goal, Selection

NOTHING = Counts()


def progress(
    search: Counts = NOTHING, references: Counts = NOTHING, settings: Sequence[SettingResults] = ()
) -> Progress:
    """Of a run without a confirmation; ``settings`` the best first."""
    choice = Choice(Selection(Goal("transfer_accuracy", "maximize")), tuple(settings))
    return Progress(search, NOTHING, references, choice)
