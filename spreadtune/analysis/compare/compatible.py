"""What cannot be compared, and what can be with a reservation."""

from collections.abc import Iterable, Sequence

from spreadtune.analysis.compare.compared_run import LETTERS, ComparedRun
from spreadtune.analysis.tables import Tables
from spreadtune.analysis.words import in_words
from spreadtune.errors import UserError
from spreadtune.spec.paths import leaves
from spreadtune.spec.yaml_text import inline

_IMAGES = ("dataset", "size", "train_size")  # of ``data``: which images are trained on
_DIGITS = 12  # of a fingerprint


def refuse_a_list(runs: Sequence[Tables]) -> None:
    """Raise :class:`UserError` unless there are two runs or more, each named once."""
    if len(runs) < 2:
        raise UserError("a comparison needs at least two runs; name another RUN")
    if len(runs) > len(LETTERS):
        raise UserError(f"{len(runs)} runs are too many to tell apart; name at most {len(LETTERS)}")
    paths = [tables.run.path.resolve() for tables in runs]
    for index, path in enumerate(paths):
        if path in paths[:index]:
            raise UserError(f"{runs[index].run.label} is named twice; name each run once")


def refuse_what_clashes(sides: Sequence[ComparedRun]) -> None:
    """Raise :class:`UserError` where numbers of two runs do not mean the same, or a run has none."""
    first = sides[0]
    for side in sides[1:]:
        if side.frame.selection.goal != first.frame.selection.goal:
            asked = [inline(each.tables.study.search.optimize) for each in (first, side)]
            raise _clash(first, side, "search.optimize", *asked)
        if clash := _clash_of_data(first, side):
            raise _clash(first, side, *clash)
    for side in sides:
        if side.frame.best is None:
            raise UserError(f"{side.named}: no trial has finished with a {in_words(side.frame.metric)} yet")


def pairs_up(first: ComparedRun, second: ComparedRun) -> bool:
    """Whether trials at one seed index share their random streams and their training images."""
    studies = [side.tables.study for side in (first, second)]
    images = [study.data.model_dump(mode="json", include=set(_IMAGES)) for study in studies]
    return studies[0].search.seed == studies[1].search.seed and images[0] == images[1]


def reservations(sides: Sequence[ComparedRun]) -> list[str]:
    """What a reader has to know before the numbers, a sentence each."""
    found = []
    evaluations = [dict(leaves(side.tables.study.evaluation.model_dump(mode="json"))) for side in sides]
    paths = dict.fromkeys(path for values in evaluations for path in values)
    differing = [path for path in paths if len({repr(values.get(path)) for values in evaluations}) > 1]
    if differing:
        found.append(f"Measured differently: evaluation.{' and evaluation.'.join(differing)} differs.")
    data = [side.tables.study.data for side in sides]
    if _several((each.size, each.train_size) for each in data):
        found.append("Trained on other images: data.size or data.train_size differs.")
    for package in ("spreadtune", "torch"):
        versions = [side.tables.manifest.get("versions", {}).get(package) for side in sides]
        if _several(version.rsplit(".", 1)[0] for version in versions if version):
            found.append(f"Trained with several versions of {package}, which may change numbers.")
    if _several(device for side in sides for device in side.frame.finished["device"].dropna().unique()):
        found.append("Trained on several kinds of devices, on which equal trials differ in the last digits.")
    for side in sides:
        running = int((side.tables.trials["state"] == "RUNNING").sum())
        if running:
            found.append(f"{side.letter} is not at its end: {running} of its trials have not ended.")
    return found


def _several(values: Iterable[object]) -> bool:
    return len({repr(value) for value in values}) > 1


def _clash_of_data(first: ComparedRun, second: ComparedRun) -> tuple[str, str, str] | None:
    """What data set, here and there; None where the images are the same, but perhaps for their number and size."""
    data = [side.tables.study.data for side in (first, second)]
    prints = [", ".join(side.tables.manifest.get("data", {}).values())[:_DIGITS] for side in (first, second)]
    if all(prints) and prints[0] == prints[1]:
        return None
    if data[0].dataset != data[1].dataset:
        return "data.dataset", _data_set(first), _data_set(second)
    # A fingerprint is also that of the partition, in which other sizes have other images.
    if all(prints) and (data[0].size, data[0].train_size) == (data[1].size, data[1].train_size):
        return f"the fingerprint of {data[0].dataset.name}", prints[0], prints[1]
    return None


def _data_set(side: ComparedRun) -> str:
    values = side.tables.study.data.dataset.model_dump(mode="json")
    return str(values["name"]) if len(values) == 1 else inline(values)


def _clash(first: ComparedRun, second: ComparedRun, what: str, here: str, there: str) -> UserError:
    return UserError(f"{first.named} and {second.named} cannot be compared: {what} is {here} and {there}")
