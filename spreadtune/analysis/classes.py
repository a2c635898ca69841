"""Which class is predicted to be collapsed at a setting, in words, where classes are unequal."""

from spreadtune.analysis.frame import Frame
from spreadtune.analysis.recorded_theory import RecordedTheory

MOST_NAMED = 4


def unequal_classes(frame: Frame, recorded: RecordedTheory, alpha: float) -> str:
    """What theory says of each class at ``alpha``; empty where classes are equal or theory knows nothing."""
    if recorded.last_opening() is None:
        return ""
    spreads = {index: spread for index, spread in enumerate(recorded.class_spreads(alpha)) if spread is not None}
    collapsed = [index for index, spread in spreads.items() if spread == 0]
    opened = sorted(spreads.keys() - collapsed, key=spreads.__getitem__)
    parts = []
    if collapsed:
        until = f"until alpha {recorded.last_opening():.3f}"
        until = until if len(collapsed) == 1 else f"the last of them {until}"
        parts.append(f"{_named(frame, recorded, collapsed)} still collapsed ({until})")
    if opened:
        ends = list(dict.fromkeys([opened[0], opened[-1]]))
        values = " to ".join(f"{spreads[index]:.3f} ({_named(frame, recorded, [index])})" for index in ends)
        parts.append(f"spread {values}")
    return f"Classes are unequal; predicted there: {', '.join(parts)}."


def _named(frame: Frame, recorded: RecordedTheory, classes: list[int]) -> str:
    if len(classes) > MOST_NAMED:
        return f"{len(classes)} of {len(recorded.class_counts)} classes"
    names = [frame.class_names[index] if index < len(frame.class_names) else str(index) for index in classes]
    sizes = [f"{recorded.class_counts[index]:.3g} images of a batch" for index in classes]
    return " and ".join(f"class {name}, {size}" for name, size in zip(names, sizes, strict=True))
