"""Groups cross classes with an attribute: each has images, or is said to have none."""

from collections.abc import Mapping

import numpy as np

from spreadtune.data.hierarchy import Hierarchy, Integers
from spreadtune.data.labels import Labels
from spreadtune.data.split_name import SplitName


def group_mistake(hierarchy: Hierarchy, labels_of: Mapping[SplitName, Labels[Integers]]) -> str | None:
    """What does not fit in the groups of a data set's parts; None where all does.

    A group that no image has is never measured, and one that was forgotten would look like it. So those that cannot be
    are declared, and all others have images to train on.
    """
    attribute = hierarchy.attribute
    assert attribute is not None
    if len(set(attribute.names)) < max(len(attribute.names), 2):
        return f"attribute_names: two or more different names are needed, not {', '.join(attribute.names)}"
    outside = [
        pair
        for pair in attribute.absent
        if not (0 <= pair[0] < len(hierarchy.class_names) and 0 <= pair[1] < len(attribute.names))
    ]
    if outside:
        return f"absent_groups: {outside[0]} is no pair of a class and a value of the attribute"
    for part, labels in labels_of.items():
        if wrong := _undeclared(hierarchy, labels):
            return f"absent_groups: {wrong} has {part} images; leave it out"
    groups = labels_of["train"].groups
    missing = [name for number, name in enumerate(hierarchy.group_names) if not np.any(groups == number)]
    if missing:
        return f"attributes: no image of {'; '.join(missing)}; name in absent_groups what can have none"
    return None


def _undeclared(hierarchy: Hierarchy, labels: Labels[Integers]) -> str | None:
    """The name of a group that has images although it is declared to have none."""
    groups, values = labels.groups, labels.attributes
    assert groups is not None
    assert values is not None
    images = np.flatnonzero(groups < 0)
    if not len(images):
        return None
    return hierarchy.named_group((labels.classes[images[0]], values[images[0]]))
