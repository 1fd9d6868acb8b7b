import os
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from evalsuite.files import atomic
from evalsuite.records import InputError
from evalsuite.runs import images
from evalsuite.runs.images import (
    Images,
    encoders,
    has_image,
    load_features,
    save_features,
    save_image,
)

PIXELS = np.arange(4 * 4 * 3, dtype=np.uint8).reshape(4, 4, 3)


def test_an_image_is_looked_for_again_once_it_is_forgotten(tmp_path):
    sha256 = save_image(tmp_path, PIXELS)
    path = tmp_path / "images" / f"{sha256}.png"
    data = path.read_bytes()
    known = Images(tmp_path)
    assert known.is_there(sha256) and not known.is_there("0" * 64)
    assert not known.is_there(f"../images/{sha256}")
    path.unlink()
    assert not known.is_there(sha256) and not known.is_whole(sha256)
    path.write_bytes(data)
    assert not known.is_there(sha256) and not known.is_whole(sha256)  # it was looked up
    known.forget(None)
    assert not known.is_whole(sha256)
    known.forget(sha256)
    assert known.is_there(sha256) and known.is_whole(sha256)


def test_an_image_that_was_missing_is_whole_once_it_is_saved(tmp_path):
    sha256 = save_image(tmp_path / "elsewhere", PIXELS)
    known = Images(tmp_path)
    assert not known.is_whole(sha256)
    with ThreadPoolExecutor(1) as writers:
        assert known.save([PIXELS], writers) == [sha256]
    assert known.is_whole(sha256)


def test_images_are_named_by_their_bytes_and_a_good_one_is_left_alone(tmp_path):
    sha256 = save_image(tmp_path, PIXELS)
    path = tmp_path / "images" / f"{sha256}.png"
    before = path.stat()
    assert save_image(tmp_path, PIXELS) == sha256
    assert path.stat().st_ino == before.st_ino
    assert np.array_equal(Images(tmp_path).load(sha256), PIXELS)
    assert os.listdir(tmp_path / "images") == [path.name]
    whole = path.read_bytes()
    for cut in range(len(whole)):
        path.write_bytes(whole[:cut])
        with pytest.raises(InputError, match=r"\.png: the image is damaged.*generate"):
            Images(tmp_path).load(sha256)
    for place in range(len(whole)):
        path.write_bytes(whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :])
        assert not has_image(tmp_path, sha256)
    save_image(tmp_path, PIXELS)
    assert path.read_bytes() == whole
    path.unlink()
    with pytest.raises(InputError, match=r"\.png: the image is missing.*generate"):
        Images(tmp_path).load(sha256)


def test_features_are_kept_by_encoder_and_damaged_ones_are_none(tmp_path):
    sha256 = "a" * 64
    for encoder in ("open_clip:ViT-B/32@x", "..", "plain"):
        save_features(tmp_path, encoder, sha256, np.arange(3.0))
        loaded = load_features(tmp_path, encoder, sha256)
        assert loaded is not None
        assert loaded.tolist() == [0.0, 1.0, 2.0]
    assert encoders(tmp_path) == ["..", "open_clip:ViT-B/32@x", "plain"]
    assert all(path.parent.parent == tmp_path / "features" for path in tmp_path.rglob("*.npy"))
    path = tmp_path / "features" / "plain" / f"{sha256}.npy"
    assert np.load(path).tolist() == [0.0, 1.0, 2.0]
    path.write_bytes(path.read_bytes()[:-1])
    assert load_features(tmp_path, "plain", sha256) is None
    assert load_features(tmp_path, "never", sha256) is None
    with pytest.raises(InputError, match="encoder's id"):
        save_features(tmp_path, "x" * 300, sha256, np.zeros(1))


def test_many_images_are_stored_as_one_by_one_and_their_folder_synced_once(tmp_path, monkeypatch):
    pictures = [np.full((4, 4, 3), shade, np.uint8) for shade in (1, 2, 3, 2)]
    (tmp_path / "one").mkdir()
    alone = [save_image(tmp_path / "one", picture) for picture in pictures]
    folder, synced = tmp_path / "many", []
    (folder / "images").mkdir(parents=True)
    original = images.sync_folder

    def sync(path):
        synced.append((path.name, len(os.listdir(path))))
        original(path)

    monkeypatch.setattr(images, "sync_folder", sync)
    monkeypatch.setattr(atomic, "sync_folder", sync)  # with every file: there none is to be
    with ThreadPoolExecutor(3) as writers:
        store = Images(folder)
        assert store.save(pictures, writers) == alone
        assert store.save(pictures, writers) == alone
    assert synced == [("images", 3)]  # after the last of three, and never again
    assert all(store.is_whole(sha256) for sha256 in alone)
    assert sorted(os.listdir(folder / "images")) == sorted(os.listdir(tmp_path / "one/images"))


def test_only_a_hash_is_looked_for(tmp_path):
    for name in ("../x", "", "A" * 64, "a" * 63):
        with pytest.raises(InputError, match="no SHA-256, so no image can have this name"):
            has_image(tmp_path, name)
        with pytest.raises(InputError, match="no SHA-256, so no image can have this name"):
            load_features(tmp_path, "plain", name)
        with pytest.raises(InputError, match="no SHA-256, so no image can have this name"):
            Images(tmp_path).load(name)
    assert not has_image(tmp_path, "a" * 64)


def test_features_are_not_synced_as_they_are_only_a_cache(tmp_path, monkeypatch):
    save_features(tmp_path, "e", "a" * 64, np.zeros(2))  # its folders are made, and synced

    def fail(_):
        raise AssertionError

    monkeypatch.setattr(os, "fsync", fail)
    save_features(tmp_path, "e", "b" * 64, np.ones(2))
    assert load_features(tmp_path, "e", "b" * 64).tolist() == [1.0, 1.0]
