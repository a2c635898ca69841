"""What a split allows to be measured: without images of a subclass or group nothing is, from a few of them little."""

from collections.abc import Iterator, Sequence

from spreadtune.data.apportion import enough_for_all
from spreadtune.data.listed import listed
from spreadtune.data.part_counts import WORDS, Level, PartCounts
from spreadtune.data.split_name import SPLIT_NAMES, SplitName
from spreadtune.errors import UserError

FEW = 5
"""Of fewer images each is worth more than 20 percentage points of an accuracy on them."""

DOMINANT = 0.9
"""Of a part's images in one class: from here on class accuracy says little about the others."""


def refuse_absent(counts: PartCounts, cut: Sequence[SplitName], shares: Sequence[int]) -> None:
    """Every class, subclass and group has to be in every part: accuracies of the others alone would look like those of
    all.

    Args:
        counts: of the parts before ``data.train_size``.
        cut: the parts that the data set does not bring.
        shares: the proportion in which images are shared out among them.

    Raises:
        UserError: a subclass or group has no image in some part.
    """
    for level in counts.levels:
        _refuse_absent(level, cut, shares)


def _refuse_absent(level: Level, cut: Sequence[SplitName], shares: Sequence[int]) -> None:
    lacking = (level.fewest == 0).nonzero()[0]
    if not len(lacking):
        return
    absent = [part for part in SPLIT_NAMES if not level.counts[part].all()]
    fixes = [f"add images of them to the {WORDS[part]} part" for part in absent if part not in cut]
    if set(absent) & set(cut):
        fixes.append(f"give each of them {enough_for_all(shares)} images or more, so that every part gets some")
    raise UserError(
        f"data.dataset: {len(lacking)} of {len(level.names)} {level.things} would be absent from a "
        f"part and never measured: {listed([*map(level.of, lacking)])}; {' and '.join(fixes)}, or leave them out"
    )


def weaknesses(counts: PartCounts) -> Iterator[str]:
    """What measurements suffer from, a line each: subclasses and groups of which a part has few images, and a dominant
    class."""
    for level in counts.levels:
        yield from _few(level)
    for part in SPLIT_NAMES[1:]:
        classes = counts.classes(part)
        name, share = counts.hierarchy.class_names[int(classes.argmax())], classes.max() / classes.sum()
        if share >= DOMINANT:
            yield (
                f"{classes.max()} of {classes.sum()} {WORDS[part]} images are of class {name}; always to "
                f"answer it is a class accuracy of {share:.3f} already"
            )


def _few(level: Level) -> Iterator[str]:
    fewest = level.fewest
    few = (fewest < FEW).nonzero()[0]
    if len(few):
        smallest_first = few[fewest[few].argsort(kind="stable")]
        yield (
            f"{len(few)} of {len(level.names)} {level.things} "
            f"{'has' if len(few) == 1 else 'have'} fewer than {FEW} images in a part, where single images decide: "
            f"{listed([*map(level.of, smallest_first)])}"
        )
