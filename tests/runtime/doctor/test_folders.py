"""Data roots, the cache and the folder of results."""

import pytest

from spreadtune.runtime.doctor.folders import check_cache, check_data_roots, check_results, published_sets
from spreadtune.runtime.doctor.units import GIB, MIB

LOCAL = [("/", "ext4")]


def test_the_published_data_sets_are_all_known():
    downloaded = {"cifar10", "cifar100", "cifar100u", "mnist", "fashion_mnist"}
    assert set(published_sets()) == {*downloaded, "tiny_imagenet", "waterbirds", "celeba", "isic", "pacs"}


def test_data_roots(tmp_path):
    sets = published_sets()
    first, second = tmp_path / "first", tmp_path / "second"
    for name in sets["mnist"].file_names:
        file = second / sets["mnist"].folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.touch()
    checks = list(check_data_roots([first, second], sets))
    assert [check.status for check in checks] == ["ok", "ok"]
    assert "none of the published" in checks[0].text
    assert "absent ones, but tiny_imagenet, waterbirds, celeba, isic, pacs, are downloaded into it" in checks[0].text
    assert checks[1].text == f"{second}: has mnist"


def test_a_data_root_that_is_a_file(tmp_path):
    (tmp_path / "file").touch()
    [check] = check_data_roots([tmp_path / "file"], {})
    assert check.status == "warning"
    assert "--data-root" in check.fix


def test_the_cache(tmp_path):
    (tmp_path / "mnist-1").mkdir()
    (tmp_path / "mnist-1" / "images.npy").write_bytes(bytes(3 * MIB))
    (tmp_path / "mnist-1.lock").touch()
    check = check_cache(tmp_path, lambda _: 5 * GIB)
    assert (check.status, check.text) == ("ok", f"{tmp_path}: 1 decoded, 3 MiB; 5.0 GiB free")
    assert check_cache(tmp_path, lambda _: GIB // 2).status == "warning"
    assert check_cache(tmp_path / "absent" / "too", lambda _: 5 * GIB).status == "ok"
    assert not (tmp_path / "absent").exists(), "asking makes nothing"
    assert check_cache(tmp_path / "mnist-1.lock" / "below", lambda _: 5 * GIB).status == "problem"


@pytest.mark.parametrize(("free", "status"), [(9 * GIB, "ok"), (GIB // 2, "warning"), (MIB, "problem")])
def test_room_for_results(tmp_path, free, status):
    assert check_results(tmp_path / "results", lambda _: free, LOCAL).status == status


def test_results_on_a_network_file_system(tmp_path):
    check = check_results(tmp_path, lambda _: 9 * GIB, [("/", "nfs4")])
    assert check.status == "problem"
    assert check.text.startswith(f"{tmp_path} lies on a network file system (nfs4)")
    assert "--storage postgresql://" in check.fix


def test_results_in_the_way(tmp_path):
    (tmp_path / "results").touch()
    assert check_results(tmp_path / "results", lambda _: 9 * GIB, LOCAL).status == "problem"
