import io
import subprocess
import sys
import tarfile

import numpy as np
import pytest
import torchvision.datasets

from spreadtune.data import load_dataset
from spreadtune.errors import UserError
from spreadtune.spec.data import DataConfig
from tests.data.data_roots import FINE, real_root, write_cifar10, write_cifar100, write_mnist


def load(name: str, **values):
    return load_dataset(DataConfig(dataset=name, augmentation="none", **values)).unsealed("confirm")


@pytest.fixture
def root(tmp_path, monkeypatch):
    monkeypatch.setenv("SPREADTUNE_DATA", str(tmp_path))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "home"))
    return tmp_path


def no_network(*arguments, **values):
    raise OSError("no network in a test")


@pytest.fixture(autouse=True)
def offline(monkeypatch):
    monkeypatch.setattr("urllib.request.urlopen", no_network)


@pytest.mark.parametrize(
    ("name", "folder", "shape", "classes", "sizes"),
    [
        ("cifar10", "cifar-10-batches-py", (3, 32, 32), 2, (45_000, 5_000, 10_000)),
        ("cifar100", "cifar-100-python", (3, 32, 32), 20, (45_000, 5_000, 10_000)),
        ("cifar100u", "cifar-100-python", (3, 32, 32), 20, (17_100, 1_900, 10_000)),
        ("mnist", "MNIST/raw", (1, 28, 28), 2, (54_001, 5_999, 10_000)),  # digits are not equally many
    ],
)
def test_the_real_ones(name, folder, shape, classes, sizes):
    real_root(folder)
    dataset = load(name)
    assert dataset.image_shape == shape
    assert dataset.class_count == classes
    assert tuple(len(dataset.split(part)) for part in ("train", "validation", "test")) == sizes


def class_of(dataset) -> dict[str, str]:
    train = dataset.split("train")
    pairs = zip(train.labels.subclasses, train.labels.classes, strict=True)
    return {dataset.subclass_names[fine]: dataset.class_names[coarse] for fine, coarse in set(pairs)}


def test_the_superclasses_of_cifar100():
    real_root("cifar-100-python")
    found = class_of(load("cifar100"))
    assert len(found) == 100
    assert sorted(name for name, coarse in found.items() if coarse == "fruit_and_vegetables") == [
        "apple",
        "mushroom",
        "orange",
        "pear",
        "sweet_pepper",
    ]
    assert found["worm"] == "non-insect_invertebrates"
    assert all(list(found.values()).count(coarse) == 5 for coarse in found.values())


def test_cifar10_asks_for_vehicles(root, monkeypatch):
    write_cifar10(root, monkeypatch)
    dataset = load("cifar10")
    assert dataset.class_names == ("animals", "vehicles")
    found = class_of(dataset)
    assert {name for name in found if found[name] == "vehicles"} == {"airplane", "automobile", "ship", "truck"}


def test_fashion_mnist_asks_for_shoes_and_bags(root):
    write_mnist(root, "FashionMNIST")
    dataset = load("fashion_mnist")
    train = dataset.split("train")
    assert set(train.labels.subclasses[train.labels.classes == 1]) == {5, 7, 8, 9}
    assert [dataset.subclass_names[fine] for fine in (5, 7, 8, 9)] == ["sandal", "sneaker", "bag", "ankle boot"]


def test_images_are_those_of_the_files_channels_first(root, monkeypatch):
    write_cifar100(root, monkeypatch)
    write_mnist(root)
    for name, kind in (("cifar100", "CIFAR100"), ("mnist", "MNIST")):
        test, published = load(name).split("test"), getattr(torchvision.datasets, kind)(root, train=False)
        for position in (0, 17):
            image, label = published[position]
            array = np.asarray(image).reshape(*image.size, -1).transpose(2, 0, 1)
            np.testing.assert_array_equal(test.images[position], array)
            assert test.labels.subclasses[position] == label


def test_cifar100_takes_its_names_from_meta(root, monkeypatch):
    write_cifar100(root, monkeypatch)
    assert load("cifar100").subclass_names == FINE
    assert class_of(load("cifar100"))["bus"] == "living"  # the sixth: 5 % 3 == 2


def test_size_resizes_published_images(root):
    write_mnist(root)
    assert load("mnist", size=14).image_shape == (1, 14, 14)


def test_one_that_is_in_the_user_s_cache_is_found_there(root):
    write_mnist(root / "home" / "spreadtune")
    assert load("mnist").image_shape == (1, 28, 28)


def test_an_archive_that_lies_there_is_unpacked_without_a_network(root, monkeypatch):
    folder = write_cifar10(root / "made", monkeypatch)
    with tarfile.open(root / "cifar-10-python.tar.gz", "w:gz") as archive:
        archive.add(folder, folder.name)
    monkeypatch.setattr(torchvision.datasets.CIFAR10, "tgz_md5", None)
    assert load("cifar10").subclass_count == 10
    assert (root / "cifar-10-batches-py" / "data_batch_1").exists()


@pytest.mark.parametrize("name", ["cifar10", "cifar100", "cifar100u", "mnist", "fashion_mnist"])
def test_what_can_be_neither_found_nor_downloaded_is_told_in_one_message(root, name, capsys):
    with pytest.raises(UserError) as error:
        load(name)
    text = str(error.value)
    assert text.startswith(f"data.dataset: {name} is not in {root} or {root / 'home' / 'spreadtune'}, and downloading ")
    assert "(no network in a test)" in text
    assert "--data-root or SPREADTUNE_DATA" in text
    assert len(text.splitlines()) == 1
    assert capsys.readouterr() == ("", "")


def test_only_the_files_that_are_missing_are_asked_for(root):
    (write_mnist(root) / "t10k-labels-idx1-ubyte").unlink()
    with pytest.raises(UserError, match=f"; put t10k-labels-idx1-ubyte into {root}/MNIST/raw, or name the folder"):
        load("mnist")


def test_an_archive_that_is_damaged_is_not_unpacked(root):
    (root / "cifar-100-python.tar.gz").write_bytes(b"half of it")
    with pytest.raises(UserError, match=r"downloading it to .* failed \(no network in a test\); put train, test, meta"):
        load("cifar100")


def test_a_data_root_that_cannot_be_written_is_told(root, monkeypatch):
    (root / "file").write_text("")
    monkeypatch.setenv("SPREADTUNE_DATA", str(root / "file" / "below"))
    with pytest.raises(UserError, match=r"mnist is not in .*file/below or .*, and downloading .* Not a directory"):
        load("mnist")


def test_a_damaged_pickle_is_named(root, monkeypatch):
    folder = write_cifar10(root, monkeypatch)
    with (folder / "data_batch_3").open("r+b") as stream:
        stream.seek(500)
        stream.write(b"\0\0\0\0")
    with pytest.raises(UserError, match=r"cifar10 in .* is damaged \(data_batch_3: not as published\); delete"):
        load("cifar10")


@pytest.mark.parametrize("content", [b"", b"\0\0\x08\x03\0\0", b"\0\0\x08\x01\0\0\0\x09abc", b"\1\2\3\4\5\6\7\x08"])
def test_a_damaged_idx_file_is_named(root, content):
    (write_mnist(root) / "t10k-images-idx3-ubyte").write_bytes(content)
    with pytest.raises(UserError, match=r"mnist in .* is damaged \(t10k-images-idx3-ubyte: not as published\)"):
        load("mnist")


def test_a_download_is_silent_and_goes_into_the_data_root(root, monkeypatch, capsys):
    folder = write_cifar100(root / "made", monkeypatch)
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz") as archive:
        archive.add(folder, folder.name)

    class Response(io.BytesIO):
        url, length = torchvision.datasets.CIFAR100.url, len(packed.getvalue())

    monkeypatch.setattr("urllib.request.urlopen", lambda request, **values: Response(packed.getvalue()))
    monkeypatch.setattr(torchvision.datasets.CIFAR100, "tgz_md5", None)
    assert load("cifar100").subclass_names == FINE
    assert (root / "cifar-100-python" / "train").exists()
    assert capsys.readouterr() == ("", "")


@pytest.mark.slow
def test_torch_is_imported_only_when_files_are_read(root):
    write_mnist(root)
    code = (
        "import sys\n"
        "from spreadtune.data import load_dataset\n"
        "from spreadtune.spec.data import DataConfig\n"
        "load_dataset(DataConfig(dataset='mnist', augmentation='none')).fingerprint\n"
        "print('torch' in sys.modules, 'torchvision' in sys.modules)\n"
    )
    first, second = (
        subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout for _ in "12"
    )
    assert first == "True True\n"
    assert second == "False False\n"
