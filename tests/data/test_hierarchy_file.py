import pytest

from spreadtune.data.hierarchy_file import read_hierarchy
from spreadtune.errors import UserError

SUBCLASSES = ["cat", "car", "dog"]


def test_classes_are_in_alphabetical_order(tmp_path):
    file = tmp_path / "hierarchy.csv"
    file.write_text("subclass,class\ncar,thing\ndog,animal\ncat,animal\n")
    found = read_hierarchy(file, SUBCLASSES)
    assert found.class_names == ["animal", "thing"]
    assert found.class_of_subclass.tolist() == [0, 1, 0]


def test_marks_spaces_quotes_and_empty_lines_of_spreadsheets_are_taken(tmp_path):
    file = tmp_path / "hierarchy.csv"
    file.write_bytes('\ufeffsubclass, class\r\n"car",thing\r\n\r\ndog , animal\r\ncat,"animal"\r\n'.encode())
    assert read_hierarchy(file, SUBCLASSES).class_of_subclass.tolist() == [0, 1, 0]


def test_without_a_file_every_subclass_is_a_class(tmp_path):
    found = read_hierarchy(tmp_path / "hierarchy.csv", SUBCLASSES)
    assert found.class_names == SUBCLASSES
    assert found.class_of_subclass.tolist() == [0, 1, 2]


ALL = "car,thing\ncat,animal\ndog,animal\n"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "line 1 is 'missing'; it has to be subclass,class"),
        ("class,subclass\n" + ALL, "line 1 is 'class,subclass'; it has to be subclass,class"),
        (ALL, "line 1 is 'car,thing'"),
        ("subclass,class\ncar,thing\ncat,animal\n", "no class for dog; add a line"),
        ("subclass,class\n" + ALL + "bird,animal\n", "there is no folder for 'bird' in train; correct or remove"),
        ("subclass,class\n" + ALL + "dog,thing\n", "line 5: 'dog' has two classes, 'animal' and 'thing'"),
        ("subclass,class\ncar\n", "line 2: 'car' is not SUBCLASS,CLASS"),
        ("subclass,class\ncar,\n", "line 2: 'car,' is not SUBCLASS,CLASS"),
        ("subclass,class\ncar,a,b\n", "line 2: 'car,a,b' is not SUBCLASS,CLASS"),
    ],
)
def test_what_is_wrong_in_it_is_told_with_its_line(tmp_path, text, message):
    file = tmp_path / "hierarchy.csv"
    file.write_text(text)
    with pytest.raises(UserError) as error:
        read_hierarchy(file, SUBCLASSES)
    assert str(error.value).startswith(f"{file}: ")
    assert message in str(error.value)


def test_another_encoding_is_told(tmp_path):
    file = tmp_path / "hierarchy.csv"
    file.write_bytes(b"subclass,class\nk\xe4fer,insect\n")
    with pytest.raises(UserError, match="cannot be read as CSV in UTF-8"):
        read_hierarchy(file, SUBCLASSES)
