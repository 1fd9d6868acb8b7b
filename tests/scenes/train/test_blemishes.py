"""Spoilt pictures: JPEG as Pillow writes it, and what a batch keeps."""

import io

import numpy as np
import torch
from PIL import Image

from evalsuite.scenes.draw import draw
from evalsuite.scenes.sample import any_scene
from evalsuite.scenes.train import vae
from evalsuite.scenes.train.blemishes import Blemishes
from evalsuite.scenes.train.pool import as_floats


def _renders(count: int) -> torch.Tensor:
    rng = np.random.default_rng(0)
    pixels = np.stack([draw(any_scene(rng)) for _ in range(count)])
    return as_floats(torch.from_numpy(pixels).permute(0, 3, 1, 2))


def _as_pillow_stores(image: torch.Tensor, quality: int) -> np.ndarray:
    pixels = ((image + 1) * 127.5).round().byte().permute(1, 2, 0).numpy()
    stream = io.BytesIO()
    Image.fromarray(pixels).save(stream, "jpeg", quality=quality, subsampling="4:2:0")
    return np.asarray(Image.open(stream), float)


def test_its_compression_is_that_of_jpeg():
    spoil, images = Blemishes(vae.build(), torch.device("cpu")), _renders(4)
    for quality in (30, 50, 90):
        asked = torch.full((4, 1, 1, 1), float(quality))
        ours = ((spoil.compressed(images, asked).clamp(-1, 1) + 1) * 127.5).permute(0, 2, 3, 1)
        theirs = np.stack([_as_pillow_stores(image, quality) for image in images])
        clean = ((images + 1) * 127.5).permute(0, 2, 3, 1).numpy()
        # Pillow rounds to whole bytes in between; what is left is far below what JPEG does.
        assert np.abs(ours.numpy() - theirs).mean() < 0.35 * np.abs(clean - theirs).mean()


def test_a_batch_stays_in_range_and_differs_from_what_it_was():
    torch.manual_seed(0)
    images = _renders(8)
    spoilt = Blemishes(vae.build(), torch.device("cpu"))(images)
    assert spoilt.shape == images.shape and spoilt.abs().max() <= 1
    unchanged = (spoilt == images).flatten(1).all(1)
    assert not unchanged[:4].any()
