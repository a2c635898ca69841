"""The paper's table of superclasses."""

import csv
import hashlib

from spreadtune.data.superclass_table import PAPERS_TABLE, hierarchy_of, superclasses


def test_the_papers_table_has_all_200_classes_in_52_superclasses():
    with PAPERS_TABLE.open(encoding="utf-8", newline="") as file:
        wnids = [row["wnid"] for row in csv.DictReader(file)]
    hierarchy = hierarchy_of(superclasses(None, wnids))
    assert len(set(wnids)) == len(set(hierarchy.subclass_names)) == 200
    assert len(hierarchy.class_names) == 52
    assert list(hierarchy.class_names)[-1] == "66"
    sizes = sorted(hierarchy.class_of_subclass.tolist().count(number) for number in range(52))
    assert (sizes[0], sizes[-1]) == (1, 15)
    assert hierarchy.subclass_names[wnids.index("n01443537")] == "goldfish"
    assert hashlib.sha256(PAPERS_TABLE.read_bytes()).hexdigest() == PUBLISHED


PUBLISHED = "a64b0459cf84eb2daec51821d642077062feb2db05fba2761f68f400ffa02627"


def test_a_class_that_the_paper_does_not_name_is_called_by_its_id():
    assert hierarchy_of({"n01443537": "a", "n9": "b"}).subclass_names == ["goldfish", "n9"]
