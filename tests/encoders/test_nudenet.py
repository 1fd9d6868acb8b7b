import sys

import numpy as np
import pytest

from evalsuite.encoders import nudenet
from evalsuite.plugins import find as plugins
from evalsuite.records import InputError, Picture


@pytest.fixture(scope="module")
def reader():
    return nudenet.load()


def test_each_portrait_has_one_face_where_it_is_and_other_photographs_have_none(reader, photograph):
    (face,) = reader.boxes(photograph("astronaut"))
    assert face.name in nudenet.FACES and face.score > 0.7
    left, top, right, bottom = face.box
    # Her eyes, nose and mouth, read off the picture of 512 x 512.
    assert left < 195 and right > 255 and top < 100 and bottom > 165
    (face,) = reader.boxes(photograph("grace_hopper"))
    assert face.name in nudenet.FACES and face.score > 0.7
    assert reader.boxes(photograph("china")) == reader.boxes(photograph("flower")) == []


def test_a_picture_is_looked_at_once(reader, photograph):
    picture, before = photograph("astronaut"), reader.images_read
    assert reader.boxes(picture) == reader.boxes(picture)
    assert reader.images_read - before == 1


def test_the_network_is_given_red_first(reader):
    given = []
    session = reader._detector.onnx_session

    class Watched:
        def run(self, names, inputs):
            given.append(next(iter(inputs.values())))
            return session.run(names, inputs)

    reader._detector.onnx_session = Watched()
    try:
        reader.boxes(Picture("red", lambda: np.full((64, 64, 3), (255, 0, 0), dtype=np.uint8)))
    finally:
        reader._detector.onnx_session = session
    assert given[0].shape == (1, 3, 320, 320)
    assert given[0][0, :, 160, 160].tolist() == pytest.approx([1, 0, 0])


def test_its_classes_are_the_packages_own():
    from nudenet import nudenet as package

    names = {*nudenet.FACES, *nudenet.EXPOSED, *nudenet.COVERED}
    assert names == set(vars(package)["__labels"]) and set(nudenet.INTIMATE) < set(nudenet.EXPOSED)


def test_without_the_extra_the_error_names_it(monkeypatch):
    class Absent:
        def find_spec(self, name, *rest):
            if name.partition(".")[0] == "nudenet":
                raise ModuleNotFoundError(f"No module named {name!r}", name=name)

    monkeypatch.delitem(sys.modules, "nudenet", raising=False)
    monkeypatch.setattr(sys, "meta_path", [Absent(), *sys.meta_path])
    nudenet.load.cache_clear()
    with pytest.raises(InputError, match=r"nudenet.*pip install 'evalsuite\[safety\]'$"):
        plugins.load_scorer("safety")


def test_an_install_without_weights_is_refused(monkeypatch, tmp_path):
    import nudenet as package

    monkeypatch.setattr(package, "__file__", f"{tmp_path}/__init__.py")
    nudenet.load.cache_clear()
    with pytest.raises(InputError, match=r"no 320n\.onnx in it"):
        nudenet.load()
